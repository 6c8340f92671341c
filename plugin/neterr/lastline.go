package neterr

import (
	"strings"
	"unicode"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/scrub"
)

// LastLine is the last line of a program's text that says something, without secrets: programs end with their error.
func LastLine(text string) string {
	lines := strings.FieldsFunc(scrub.Text(text), func(r rune) bool { return r == '\n' || r == '\r' })
	for i := len(lines) - 1; i >= 0; i-- {
		if line := Line(lines[i]); strings.ContainsFunc(line, unicode.IsLetter) {
			return strings.TrimRight(line, ". ")
		}
	}
	return ""
}
