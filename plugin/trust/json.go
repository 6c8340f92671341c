package trust

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// maxDocument is the largest document that Parse reads, in bytes. IAM's own limit is 8,192
	// characters; the rest is room for white space and percent encoding.
	maxDocument = 1 << 20
	// maxDepth is how deep objects and lists may nest. The language itself needs seven.
	maxDepth = 64
)

// An Error says why a document could not be read at all.
type Error struct {
	Position
	Reason string
}

// Error is the place and the reason in one line.
func (e *Error) Error() string { return "trust policy: " + e.Position.String() + ": " + e.Reason }

type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

func (k kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}[k]
}

// A node is a JSON value and its place.
type node struct {
	kind    kind
	at      span
	text    string   // a string's value, otherwise the literal as it is written
	members []member // of an object, or of a list, where they have no key
}

type member struct {
	key   string
	keyAt span
	value node
}

// The standard library's decoder neither reports positions of values nor refuses repeated keys, and
// both are what this package is about.
type scanner struct {
	src   string
	pos   int
	wide  bool     // a string held a character of several bytes; elsewhere there are none
	chunk []member // where objects and lists keep their members: one allocation for many small ones
}

// scan reads a document. wide says that it holds characters of several bytes.
func scan(src string) (root node, wide bool, fault *syntaxError) {
	// Every element but the first of an object or list has a comma before it, and commas in strings do no harm.
	const most = 64
	elements := strings.Count(src, ",") + strings.Count(src, "{") + strings.Count(src, "[")
	s := scanner{src: src, chunk: make([]member, 0, min(elements, most))}
	defer func() {
		// A recursive descent reports from any depth; only its own errors are caught here.
		if thrown := recover(); thrown != nil {
			e, ours := thrown.(syntaxError)
			if !ours {
				panic(thrown)
			}
			fault = &e
		}
	}()
	s.space()
	if s.pos == len(src) {
		s.fail(s.pos, "the document is empty")
	}
	root = s.value(0)
	s.space()
	if s.pos < len(src) {
		s.fail(s.pos, fmt.Sprintf("%s after the end of the document", s.found()))
	}
	return root, s.wide, nil
}

type syntaxError struct {
	offset int
	reason string
}

func (s *scanner) fail(offset int, reason string) { panic(syntaxError{offset, reason}) }

func (s *scanner) space() { s.pos = afterSpace(s.src, s.pos) }

// afterSpace is the offset of the first character, from an offset on, that is no white space of JSON.
func afterSpace(src string, at int) int {
	for at < len(src) && (src[at] == ' ' || src[at] == '\n' || src[at] == '\t' || src[at] == '\r') {
		at++
	}
	return at
}

func (s *scanner) peek() byte {
	if s.pos < len(s.src) {
		return s.src[s.pos]
	}
	return 0
}

func (s *scanner) found() string {
	if s.pos >= len(s.src) {
		return "the end of the document"
	}
	r, _ := utf8.DecodeRuneInString(s.src[s.pos:])
	if r == '\ufeff' {
		return "a byte order mark"
	}
	return strconv.QuoteRune(r)
}

func (s *scanner) value(depth int) node {
	if depth > maxDepth {
		s.fail(s.pos, fmt.Sprintf("nested more than %d deep", maxDepth))
	}
	start := s.pos
	switch c := s.peek(); {
	case c == '{':
		return s.object(depth)
	case c == '[':
		return s.list(depth)
	case c == '"':
		value := s.string()
		return node{kind: text, at: s.since(start), text: value}
	case c == '-' || c >= '0' && c <= '9':
		s.number()
		return node{kind: number, at: s.since(start), text: s.src[start:s.pos]}
	}
	for _, w := range [...]struct {
		word string
		kind kind
	}{{"true", boolean}, {"false", boolean}, {"null", null}} {
		if strings.HasPrefix(s.src[s.pos:], w.word) {
			s.pos += len(w.word)
			return node{kind: w.kind, at: s.since(start), text: w.word}
		}
	}
	s.fail(start, s.found()+" instead of a value")
	return node{}
}

func (s *scanner) object(depth int) node {
	var few [4]member
	start, members := s.pos, few[:0]
	s.pos++
	s.space()
	for s.peek() != '}' {
		if s.peek() != '"' {
			s.fail(s.pos, s.found()+" instead of a key in quotes or }")
		}
		quote := s.pos
		m := member{key: s.string()}
		m.keyAt = s.since(quote)
		s.space()
		if s.peek() != ':' {
			s.fail(s.pos, fmt.Sprintf("%s instead of : after the key %q", s.found(), clip(m.key)))
		}
		s.pos++
		s.space()
		m.value = s.value(depth + 1)
		members = append(members, m)
		if !s.more('}') {
			break
		}
	}
	s.pos++
	return s.closed(object, start, members)
}

// closed is the object or list that began at start and ends here.
func (s *scanner) closed(k kind, start int, members []member) node {
	const several = 16
	if cap(s.chunk)-len(s.chunk) < len(members) {
		s.chunk = make([]member, 0, max(several, len(members)))
	}
	first := len(s.chunk)
	s.chunk = append(s.chunk, members...)
	return node{kind: k, at: s.since(start), members: s.chunk[first:len(s.chunk):len(s.chunk)]}
}

func (s *scanner) since(start int) span { return span{int32(start), int32(s.pos)} }

func (s *scanner) list(depth int) node {
	var few [4]member
	start, members := s.pos, few[:0]
	s.pos++
	s.space()
	for s.peek() != ']' {
		members = append(members, member{value: s.value(depth + 1)})
		if !s.more(']') {
			break
		}
	}
	s.pos++
	return s.closed(list, start, members)
}

// more is called after an element: at the closing bracket it is false, after a comma it goes to what follows.
func (s *scanner) more(closing byte) bool {
	s.space()
	switch s.peek() {
	case closing:
		return false
	case ',':
		s.pos++
		s.space()
		if s.peek() == closing {
			s.fail(s.pos, fmt.Sprintf("%q after a comma", closing))
		}
		return true
	}
	s.fail(s.pos, fmt.Sprintf("%s instead of , or %c", s.found(), closing))
	return false
}

func (s *scanner) number() {
	start := s.pos
	digits := func() bool {
		from := s.pos
		for s.peek() >= '0' && s.peek() <= '9' {
			s.pos++
		}
		return s.pos > from
	}
	if s.peek() == '-' {
		s.pos++
	}
	leading := s.pos
	ok := digits() && (s.src[leading] != '0' || s.pos == leading+1)
	if ok && s.peek() == '.' {
		s.pos++
		ok = digits()
	}
	if ok && (s.peek() == 'e' || s.peek() == 'E') {
		s.pos++
		if s.peek() == '+' || s.peek() == '-' {
			s.pos++
		}
		ok = digits()
	}
	if !ok {
		s.fail(start, "an invalid JSON number")
	}
}

// ordinary are the bytes that are themselves in a string, and end nothing.
var ordinary = func() (table [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

func (s *scanner) string() string {
	open := s.pos
	start := open + 1
	for at := start; at < len(s.src); at++ {
		c := s.src[at]
		if ordinary[c] {
			continue
		}
		s.pos = at
		switch {
		case c == '"':
			s.pos++
			return s.src[start:at]
		case c == '\\':
			return s.escaped(open, start)
		case c < ' ':
			s.fail(s.pos, "a control character inside a string")
		default:
			s.wide = true
		}
	}
	s.fail(open, "a string without closing quotes")
	return ""
}

// escaped continues where string met its first backslash.
func (s *scanner) escaped(open, start int) string {
	var b strings.Builder
	b.WriteString(s.src[start:s.pos])
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch {
		case c == '"':
			s.pos++
			return b.String()
		case c < ' ':
			s.fail(s.pos, "a control character inside a string")
		case c != '\\':
			s.wide = s.wide || c >= utf8.RuneSelf
			b.WriteByte(c)
			s.pos++
			continue
		}
		escape := s.pos
		s.pos++
		switch c := s.peek(); c {
		case '"', '\\', '/':
			b.WriteByte(c)
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			r := s.hex(escape)
			if utf16.IsSurrogate(r) {
				if !strings.HasPrefix(s.src[s.pos+1:], `\u`) {
					s.fail(escape, "an incomplete surrogate pair")
				}
				s.pos += 2
				r = utf16.DecodeRune(r, s.hex(escape))
				if r == utf8.RuneError {
					s.fail(escape, "an incomplete surrogate pair")
				}
			}
			b.WriteRune(r)
		default:
			s.fail(escape, "an invalid JSON escape")
		}
		s.pos++
	}
	s.fail(open, "a string without closing quotes")
	return ""
}

// hex reads the four digits after the u at the current position, and stays at the last of them.
func (s *scanner) hex(escape int) rune {
	if len(s.src) < s.pos+5 {
		s.fail(escape, "an invalid JSON escape")
	}
	v, err := strconv.ParseUint(s.src[s.pos+1:s.pos+5], 16, 16)
	if err != nil {
		s.fail(escape, "an invalid JSON escape")
	}
	s.pos += 4
	return rune(v)
}

// quoted is s as a JSON string. Only what has to be escaped is, and everything outside IAM's own
// character set (U+0020 to U+00FF).
func quoted(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r >= 0x10000:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		case r < ' ' || r > 0xff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// write appends n without any white space.
func (n *node) write(b *strings.Builder) {
	switch n.kind {
	case text:
		b.WriteString(quoted(n.text))
	case list:
		b.WriteByte('[')
		for i := range n.members {
			if i > 0 {
				b.WriteByte(',')
			}
			n.members[i].value.write(b)
		}
		b.WriteByte(']')
	case object:
		b.WriteByte('{')
		for i := range n.members {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quoted(n.members[i].key))
			b.WriteByte(':')
			n.members[i].value.write(b)
		}
		b.WriteByte('}')
	default:
		b.WriteString(n.text)
	}
}

func newObject(members ...member) *node { return &node{kind: object, members: members} }

// newMember is a key with one string, or with a list if there are several.
func newMember(key string, values ...string) member {
	n := node{kind: list}
	for _, v := range values {
		n.members = append(n.members, member{value: node{kind: text, text: v}})
	}
	if len(n.members) == 1 {
		n = n.members[0].value
	}
	return member{key: key, value: n}
}

// clip keeps hostile text from flooding a message.
func clip(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
