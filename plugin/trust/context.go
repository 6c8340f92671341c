package trust

import (
	"strings"
	"unicode/utf8"
)

// A value is what is known of a condition key. The zero value is a key that the request does not carry.
type value struct {
	values      []string // a list where the key is multivalued
	unknown     bool     // the value is unknown here
	maybeAbsent bool     // the request may not carry the key at all
	reason      string   // why it is unknown
	twins       string   // keys with the same name here have the same value, unknown as it is, or are absent together
}

func (v value) present() bool { return v.values != nil || v.unknown }

func (v value) why() string {
	if v.reason == "" {
		return "only AWS knows it"
	}
	return v.reason
}

// A context holds the condition keys of a request. Keys ignore case. A key that was never set is absent, unless its
// family is unknown. The zero context is empty and ready to use.
type context struct {
	values   map[string]value
	never    map[string]bool // keys that such a request does not carry, even if their family is unknown
	families []keyFamily
}

// A keyFamily is what is known of all keys that start with prefix and were not set.
type keyFamily struct {
	prefix string
	value  value
}

// set gives key one or more values. Without any the key is present and empty.
func (c *context) set(key string, values ...string) {
	c.put(key, value{values: append(make([]string, 0, len(values)), values...)})
}

// setUnknown says that the request may carry key with any value, for a reason.
func (c *context) setUnknown(key string, maybeAbsent bool, reason string) {
	c.put(key, value{unknown: true, maybeAbsent: maybeAbsent, reason: reason})
}

// setOrUnknown gives key its value; an empty one is unknown, for a reason.
func (c *context) setOrUnknown(key, value, reason string) {
	if value == "" {
		c.setUnknown(key, false, reason)
		return
	}
	c.set(key, value)
}

func (c *context) put(key string, v value) {
	if c.values == nil {
		c.values = make(map[string]value)
	}
	c.values[folded(key)] = v
}

func (c *context) lookup(lower string) value {
	if v, ok := c.values[lower]; ok {
		return v
	}
	if c.never[lower] {
		return value{}
	}
	for _, f := range c.families {
		if strings.HasPrefix(lower, f.prefix) {
			return f.value
		}
	}
	return value{}
}

// single returns the one known value of a key.
func (c *context) single(lower string) (string, bool) {
	v := c.lookup(lower)
	if len(v.values) != 1 {
		return "", false
	}
	return v.values[0], true
}

// folded is a condition key in lower case, in which keys are compared.
func folded(s string) string {
	first := 0
	for first < len(s) && s[first] < utf8.RuneSelf && (s[first] < 'A' || s[first] > 'Z') {
		first++
	}
	if first == len(s) {
		return s
	}
	var room [160]byte
	if len(s) > len(room) {
		return strings.ToLower(s)
	}
	b := append(room[:0], s...)
	for i := first; i < len(b); i++ {
		switch {
		case b[i] >= 'A' && b[i] <= 'Z':
			b[i] += 'a' - 'A'
		case b[i] >= utf8.RuneSelf:
			return strings.ToLower(s)
		}
	}
	return string(b)
}
