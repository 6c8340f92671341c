package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// YAML returns a JSON text as YAML in block style, its fields in the same order. Every text reads back as itself with any reader of
// YAML, 1.1 or 1.2: what could be something else is quoted, and hostile characters are escapes in double quotes.
func YAML(text []byte) ([]byte, error) {
	w := writer{in: json.NewDecoder(bytes.NewReader(text)), out: make([]byte, 0, len(text))}
	w.in.UseNumber()
	if err := w.value(0, first); err != nil {
		return nil, fmt.Errorf("YAML: %w", err)
	}
	return w.out, nil
}

type writer struct {
	in  *json.Decoder
	out []byte
}

// A place is what is before a value in its line.
type place uint8

const (
	first     place = iota // nothing
	afterKey               // a key and a colon
	afterDash              // the dash of a list's entry
)

// indentation is how much further what is in a mapping or list begins than what it is the value of.
const indentation = 2

// value writes the next value. Indent is where the key or dash before it begins.
func (w *writer) value(indent int, at place) error {
	token, err := w.in.Token()
	if err != nil {
		return err
	}
	delim, nested := token.(json.Delim)
	if !nested || !w.in.More() {
		if at != first {
			w.out = append(w.out, ' ')
		}
		if err := w.scalar(token); err != nil {
			return err
		}
		w.out = append(w.out, '\n')
		return nil
	}
	switch at {
	case afterKey:
		w.out = append(w.out, '\n')
		indent += indentation
	case afterDash:
		w.out = append(w.out, ' ')
		indent += indentation
	case first:
	}
	for goesOn := at != afterKey; w.in.More(); goesOn = false {
		if !goesOn {
			w.indent(indent)
		}
		if err := w.member(delim, indent); err != nil {
			return err
		}
	}
	_, err = w.in.Token()
	return err
}

// scalar writes a scalar, or the mapping or list that is empty.
func (w *writer) scalar(token json.Token) error {
	switch t := token.(type) {
	case json.Delim:
		_, err := w.in.Token()
		w.out = append(w.out, t.String()...)
		w.out = append(w.out, map[json.Delim]byte{'{': '}', '[': ']'}[t])
		return err
	case string:
		w.out = append(w.out, quoted(t)...)
	case json.Number:
		w.out = append(w.out, exponent.ReplaceAllStringFunc(t.String(), numberOf11)...)
	case nil:
		w.out = append(w.out, "null"...)
	default:
		w.out = fmt.Append(w.out, t)
	}
	return nil
}

// member writes a key with its value, or an entry of a list.
func (w *writer) member(in json.Delim, indent int) error {
	if in == '[' {
		w.out = append(w.out, '-')
		return w.value(indent, afterDash)
	}
	token, err := w.in.Token()
	if err != nil {
		return err
	}
	key, _ := token.(string)
	text := quoted(key)
	// Readers know a key by the colon behind it only if that is in the same line and not too far away.
	const longestKey = 128
	if len(text) > longestKey {
		w.out = append(append(w.out, "? "...), text...)
		w.out = append(w.out, '\n')
		w.indent(indent)
		text = ""
	}
	w.out = append(append(w.out, text...), ':')
	return w.value(indent, afterKey)
}

func (w *writer) indent(columns int) {
	for range columns {
		w.out = append(w.out, ' ')
	}
}

// exponent is a number that YAML 1.1 does not know as one: there it has a dot, and a sign before the exponent.
var exponent = regexp.MustCompile(`^(-?[0-9]+)(\.[0-9]+)?[eE]([-+]?)([0-9]+)$`)

func numberOf11(text string) string {
	part := exponent.FindStringSubmatch(text)
	if part[2] == "" {
		part[2] = ".0"
	}
	if part[3] == "" {
		part[3] = "+"
	}
	return part[1] + part[2] + "e" + part[3] + part[4]
}

// quoted is a text as a scalar: plain where no reader can take it for something else.
func quoted(text string) string {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if Hostile(r, size) {
			return doubleQuoted(text)
		}
		i += size
	}
	switch {
	case isWord(text):
		return doubleQuoted(text)
	case hasIndicators(text):
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	default:
		return text
	}
}

// ofTypes are plain scalars that are no texts in some version or reader of YAML: the types of 1.1 (https://yaml.org/type/) and of
// 1.2's core schema, and what Ruby's Psych adds (numbers with commas).
var ofTypes = regexp.MustCompile(`(?i)^(` + strings.Join([]string{
	`y|yes|n|no|true|false|on|off`,
	`~|null|`,
	`=|<<`,
	`[-+]?(0b[01_]+|0o[0-7_]+|0x[0-9a-f_]+)`,
	`[-+]?[0-9][0-9_,]*(:[0-9_]+)*(\.[0-9_]*)?(e[-+]?[0-9_]*)?`,
	`[-+]?\.[0-9_]+(e[-+]?[0-9]*)?`,
	`[-+]?\.(inf|nan)`,
	`[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t \t].*)?`,
}, "|") + `)$`)

func isWord(text string) bool {
	// A word is short, and a number or date begins as one.
	const longest = 5
	return (len(text) <= longest || strings.IndexByte("+-.0123456789", text[0]) >= 0) && ofTypes.MatchString(text)
}

// hasIndicators reports whether a text without quotes would be, or hold, something of YAML's syntax (YAML 1.2, 7.3.3).
func hasIndicators(text string) bool {
	switch text[0] {
	case ' ', '#', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', ':':
		return true
	case '-', '?':
		if len(text) == 1 || text[1] == ' ' {
			return true
		}
	}
	return strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...") || strings.HasSuffix(text, " ") ||
		strings.HasSuffix(text, ":") || strings.Contains(text, ": ") || strings.Contains(text, " #")
}

func doubleQuoted(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case r == '"' || r == '\\':
			out.WriteString(`\` + string(r))
		case !Hostile(r, size):
			out.WriteRune(r)
		default:
			out.WriteString(Escaped(r))
		}
	}
	out.WriteByte('"')
	return out.String()
}
