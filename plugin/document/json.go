package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// stream returns the values of a stream of JSON, as `kubectl get -o json` and jq print it. What follows one that is broken is one
// document with it.
func stream(d Document, start int) []Document {
	var values []Document
	line, counted := d.From, 0
	for at := start; ; {
		rest := bytes.TrimLeft(d.Text[at:], " \t\r\n")
		if at = len(d.Text) - len(rest); at == len(d.Text) {
			return values
		}
		if rest[0] == '#' { // a comment of YAML behind the last value
			at += lineLength(rest)
			continue
		}
		line, counted = line+bytes.Count(d.Text[counted:at], newline), at
		length, fault := scan(rest, line)
		value := Document{Text: rest[:length], Line: line, From: line, json: true, fault: fault}
		if fault == nil {
			value.fault = syntaxOf(value.Text, line)
		}
		if fault == nil && value.fault != nil {
			if len(values) == 0 && !looksLikeJSON(rest) {
				return []Document{d}
			}
			value.Text = rest
			return append(values, value)
		}
		values = append(values, value)
		at += length
	}
}

// syntaxOf is the error of a text that is not JSON, nil if it is.
func syntaxOf(text []byte, line int) *Error {
	if json.Valid(text) {
		return nil
	}
	var value json.RawMessage
	err := json.Unmarshal(text, &value)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		line += bytes.Count(text[:min(int(syntax.Offset), len(text))], newline)
	}
	return &Error{Line: line, Reason: fmt.Sprint(err)}
}

// A frame is an object or a list of JSON that is open.
type frame struct {
	object bool
	keys   keys
	isKey  bool   // the next string is a key
	name   []byte // of the value that is read, in an object
	index  int    // of the value that is read, in a list
}

// A scanner finds the end of a value of JSON and keys that are there twice. It knows strings and brackets only: whether the
// text is JSON at all is for the decoder to say.
type scanner struct {
	text  []byte
	line  int
	open  []frame
	deep  int // the depth, which may be more than are in open
	fault *Error
}

// scan returns the length of the first value of a text, the whole length if it does not end, and the first key that is there
// twice or the place where it is nested too deep.
func scan(text []byte, line int) (length int, fault *Error) {
	s := scanner{text: text, line: line}
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '{', '[':
			s.push(at)
		case '}', ']':
			if s.pop() {
				return at + 1, s.fault
			}
		case '"':
			end := endOfString(text, at)
			s.string(at, end)
			at = end - 1
		case ',':
			s.next()
		default:
			if s.deep == 0 && text[at] > ' ' {
				return len(text), s.fault // a number or a word: no document
			}
		}
	}
	return len(text), s.fault
}

func endOfString(text []byte, open int) int {
	for at := open + 1; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(text)
}

func (s *scanner) push(at int) {
	s.deep++
	if s.deep > mostDepth {
		s.fail(func() *Error { return tooDeep(s.lineAt(at)) })
		return
	}
	if len(s.open) < cap(s.open) {
		s.open = s.open[:len(s.open)+1] // with the memory that its keys had
	} else {
		s.open = append(s.open, frame{})
	}
	top := &s.open[len(s.open)-1]
	object := s.text[at] == '{'
	*top = frame{object: object, isKey: object, keys: keys{few: top.keys.few[:0]}}
	top.keys.fold = object && s.hasFields()
}

// hasFields is [path.hasFields] of what was opened last.
func (s *scanner) hasFields() bool {
	last := len(s.open) - 1
	return last == 0 || last > 1 && !s.open[last-1].object && listsObjects(string(s.open[last-2].name))
}

func (s *scanner) path() path {
	var p path
	for _, f := range s.open[:len(s.open)-1] {
		p = append(p, step{key: string(f.name), list: !f.object, index: f.index})
	}
	return p
}

// pop closes what was opened last, and reports whether that is the whole value.
func (s *scanner) pop() (last bool) {
	if s.deep <= len(s.open) && len(s.open) > 0 {
		s.open = s.open[:len(s.open)-1]
	}
	s.deep--
	return s.deep <= 0
}

func (s *scanner) next() {
	if s.deep == 0 || s.deep > len(s.open) {
		return
	}
	top := &s.open[len(s.open)-1]
	top.isKey = top.object
	top.index++
}

func (s *scanner) string(at, end int) {
	if s.deep == 0 || s.deep > len(s.open) || !s.open[len(s.open)-1].isKey {
		return
	}
	top := &s.open[len(s.open)-1]
	top.isKey = false
	text := bytes.TrimSuffix(s.text[at+1:end], []byte(`"`))
	if bytes.IndexByte(text, '\\') >= 0 {
		var plain string
		if json.Unmarshal(s.text[at:end], &plain) == nil {
			text = []byte(plain)
		}
	}
	if first, again := top.keys.add(text, at); again {
		s.fail(func() *Error { return twice(s.path(), string(text), s.lineAt(at), s.lineAt(first)) })
	}
	top.name = text
}

func (s *scanner) lineAt(at int) int { return s.line + bytes.Count(s.text[:at], newline) }

// fail keeps the first fault. To find its line takes as long as the text is.
func (s *scanner) fail(fault func() *Error) {
	if s.fault == nil {
		s.fault = fault()
	}
}

// looksLikeJSON reports whether a text in braces or brackets that is not JSON was meant to be: its first key is in quotes. Otherwise it
// is YAML, whose flow style has them too.
func looksLikeJSON(text []byte) bool {
	inside := bytes.TrimLeft(text, "{[ \t\r\n")
	return len(inside) == 0 || inside[0] == '"' || inside[0] == '}' || inside[0] == ']'
}
