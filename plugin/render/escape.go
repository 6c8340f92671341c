package render

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
)

// Escape returns text with everything that a terminal would not show as it is written out: control
// characters (escape sequences, line ends and tabs among them), C1 controls, bidirectional overrides, blanks
// that are no plain space, invisible characters and bytes that are not UTF-8. With ascii every character
// beyond ASCII is written out.
func Escape(text string, ascii bool) string {
	clean := 0
	for clean < len(text) {
		r, size := utf8.DecodeRuneInString(text[clean:])
		if document.Hostile(r, size) || ascii && r >= utf8.RuneSelf {
			break
		}
		clean += size
	}
	if clean == len(text) {
		return text
	}
	var out strings.Builder
	out.WriteString(text[:clean])
	for i := clean; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			out.WriteString(`\x` + hex(rune(text[i]), 2))
		case document.Hostile(r, size), ascii && r >= utf8.RuneSelf:
			out.WriteString(written(r))
		default:
			out.WriteRune(r)
		}
		i += size
	}
	return out.String()
}

// written returns a character as an escape that Go, JSON and most languages read.
func written(r rune) string {
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
