package document

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Hostile reports whether a character must not reach a terminal as it is; size is the number of its bytes, 1 of what is not UTF-8.
// Letters, marks, numbers, punctuation, symbols and the plain space may, except those that Unicode tells programs not to draw at
// all.
func Hostile(r rune, size int) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return r == utf8.RuneError && size <= 1 || !unicode.IsPrint(r) ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// EscapeJSON writes the hostile characters of a JSON text as escapes, which mean the same to every reader of JSON. In a text that
// an encoder has written they are only within quotes; the line ends of the text itself stay.
func EscapeJSON(text []byte) []byte {
	var out []byte
	done := 0 // up to where out holds the text
	for i := 0; i < len(text); {
		if text[i] < 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if Hostile(r, size) {
			out = append(out, text[done:i]...)
			for _, unit := range utf16.Encode([]rune{r}) {
				out = append(out, `\u`+hex(rune(unit), 4)...)
			}
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return text
	}
	return append(out, text[done:]...)
}

// Escaped returns a character as an escape that Go, YAML and most languages read.
func Escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\t':
		return `\t`
	case r == '\r':
		return `\r`
	case r < utf8.RuneSelf:
		return `\x` + hex(r, 2)
	case r <= 0xffff:
		return `\u` + hex(r, 4)
	default:
		return `\U` + hex(r, 8)
	}
}

func hex(r rune, digits int) string {
	text := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", max(0, digits-len(text))) + text
}
