package document

import (
	"bytes"
	"fmt"
	"strings"
)

// A path is where a value is in a document.
type path []step

// A step goes to a key, or to an entry of a list.
type step struct {
	key   string
	list  bool
	index int
}

// String is the path as errors name it: kubernetes[3].metadata.name.
func (p path) String() string {
	var out strings.Builder
	for i, s := range p {
		switch {
		case s.list:
			fmt.Fprintf(&out, "[%d]", s.index)
		case i > 0:
			out.WriteString("." + s.key)
		default:
			out.WriteString(s.key)
		}
	}
	return out.String()
}

// hasFields reports whether the mapping at a path is an object, whose keys are fields: two of them that differ in case only are one
// field, written twice. Elsewhere (labels, data) they may be two keys.
func (p path) hasFields() bool {
	if len(p) == 0 {
		return true
	}
	last := len(p) - 1
	return last > 0 && p[last].list && listsObjects(p[last-1].key)
}

func listsObjects(key string) bool { return key == "items" || key == "kubernetes" }

// keys are the keys of one mapping, with the places where they are written.
type keys struct {
	fold bool // of an object: see hasFields
	few  []key
	many map[string]int // once there are more than few
}

type key struct {
	text []byte
	at   int
}

// mostFew is up to how many keys are compared one by one, which takes less time than a map of them.
const mostFew = 16

// add adds a key. If it is there already, first is its place.
func (k *keys) add(text []byte, at int) (first int, twice bool) {
	same := bytes.Equal
	if k.fold {
		same = bytes.EqualFold
	}
	if k.many == nil {
		for _, other := range k.few {
			if same(other.text, text) {
				return other.at, true
			}
		}
		k.few = append(k.few, key{text, at})
		if len(k.few) > mostFew {
			k.many = make(map[string]int, 2*len(k.few))
			for _, other := range k.few {
				k.many[k.normal(other.text)] = other.at
			}
		}
		return 0, false
	}
	normal := k.normal(text)
	if first, twice = k.many[normal]; !twice {
		k.many[normal] = at
	}
	return first, twice
}

func (k *keys) normal(text []byte) string {
	if k.fold {
		return strings.ToLower(string(text))
	}
	return string(text)
}

// twice is the error about a key that is there already.
func twice(in path, key string, line, first int) *Error {
	return &Error{Line: line, Reason: fmt.Sprintf("duplicate key %s (first in line %d)", append(in[:len(in):len(in)], step{key: key}), first)}
}

func tooDeep(line int) *Error {
	return &Error{Line: line, Reason: fmt.Sprintf("mappings and lists are nested more than %d deep", mostDepth)}
}
