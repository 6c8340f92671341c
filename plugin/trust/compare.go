package trust

import (
	"encoding/base64"
	"math/big"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// compareTyped compares a request's value with a policy's under an operator that is neither of strings
// nor of ARNs. ok is false where one of them is not of the operator's type.
func compareTyped(op operator, policy, request string) (match Truth, ok bool) {
	switch op.family {
	case numeric:
		a, okA := parseNumber(request)
		b, okB := parseNumber(policy)
		if !okA || !okB {
			return Unknown, false
		}
		return truth(op.relation.holds(a.Cmp(b))), true
	case date:
		a, okA := parseDate(request)
		b, okB := parseDate(policy)
		if !okA || !okB {
			return Unknown, false
		}
		return truth(op.relation.holds(a.Compare(b))), true
	case boolFamily:
		a, okA := parseBool(request)
		b, okB := parseBool(policy)
		return truth(a == b), okA && okB
	case binary:
		return compareBinary(policy, request)
	case ipAddress:
		return compareAddress(policy, request)
	}
	return Unknown, false
}

// compareBinary compares bytes. Two spellings of the same bytes (bits behind the last byte, line breaks) are not settled:
// whether they are equal depends on the decoder.
func compareBinary(policy, request string) (match Truth, ok bool) {
	a, errA := base64.StdEncoding.DecodeString(request)
	b, errB := base64.StdEncoding.DecodeString(policy)
	if same := string(a) == string(b); same != (policy == request) {
		return Unknown, errA == nil && errB == nil
	}
	return truth(policy == request), errA == nil && errB == nil
}

func (r relation) holds(order int) bool {
	switch r {
	case less:
		return order < 0
	case lessEqual:
		return order <= 0
	case greater:
		return order > 0
	case greaterEqual:
		return order >= 0
	}
	return order == 0
}

// Exponents are kept small: a big.Rat of 1e999999999 would fill the memory.
var decimal = regexp.MustCompile(`^[+-]?([0-9]{1,64}(\.[0-9]{0,64})?|\.[0-9]{1,64})([eE][+-]?[0-9]{1,2})?$`)

func parseNumber(s string) (*big.Rat, bool) {
	if !decimal.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// dateLayouts are the forms of the W3C's profile of ISO 8601 (https://www.w3.org/TR/NOTE-datetime);
// the layouts with seconds also read a fraction.
var dateLayouts = [...]string{
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04Z07:00",
	"2006-01-02",
	"2006-01",
	"2006",
}

// parseDate reads a date of the W3C's profile or whole seconds since 1970. Four digits are a year.
func parseDate(s string) (time.Time, bool) {
	if len(s) != len("2006") {
		if seconds, err := strconv.ParseInt(s, 10, 64); err == nil {
			return time.Unix(seconds, 0).UTC(), true
		}
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// parseBool ignores case: whether "True" is true is not documented, and every reader treats it so.
func parseBool(s string) (value, ok bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}

// compareAddress: bits beyond the prefix are ignored and the families never match each other. A bare
// address is itself; the documents give it the prefix /32 without setting IPv6 apart, so that a
// bare IPv6 address is not settled for its neighbours within /32.
func compareAddress(policy, request string) (match Truth, ok bool) {
	address, err := netip.ParseAddr(request)
	if err != nil || address.Zone() != "" {
		return Unknown, false
	}
	if strings.Contains(policy, "/") {
		prefix, err := netip.ParsePrefix(policy)
		if err != nil {
			return Unknown, false
		}
		return truth(prefix.Masked().Contains(address)), true
	}
	bare, err := netip.ParseAddr(policy)
	if err != nil || bare.Zone() != "" {
		return Unknown, false
	}
	switch {
	case bare == address:
		return True, true
	case bare.Is6() && address.Is6() && netip.PrefixFrom(bare, 32).Masked().Contains(address):
		return Unknown, true
	}
	return False, true
}

// arnParts reports whether a text has the six parts of an ARN.
func arnParts(tokens []rune) bool {
	colons := 0
	for _, r := range tokens {
		if r == ':' {
			colons++
		}
	}
	return colons >= 5
}

// arnLike compares part by part: the six parts of an ARN, each with its own wildcards, so that a * never
// reaches over a colon of the first five. What is not of six parts matches nothing.
func arnLike(pattern, value []rune) bool {
	for part := range 6 {
		p, restP, moreP := cutColon(pattern, part == 5)
		v, restV, moreV := cutColon(value, part == 5)
		if moreP != moreV || moreP == (part == 5) || !likeTokens(p, v) {
			return false
		}
		pattern, value = restP, restV
	}
	return true
}

func cutColon(s []rune, last bool) (head, tail []rune, more bool) {
	if last {
		return s, nil, false
	}
	for i, r := range s {
		if r == ':' {
			return s[:i], s[i+1:], true
		}
	}
	return s, nil, false
}
