package render

import (
	"fmt"
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
			fmt.Fprintf(&out, `\x%02x`, text[i])
		case document.Hostile(r, size), ascii && r >= utf8.RuneSelf:
			out.WriteString(document.Escaped(r))
		default:
			out.WriteRune(r)
		}
		i += size
	}
	return out.String()
}
