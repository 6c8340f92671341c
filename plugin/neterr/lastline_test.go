package neterr

import (
	"strings"
	"testing"
)

func TestLastLine(t *testing.T) {
	for text, want := range map[string]string{
		"Traceback:\n  File x\nToken has expired.\n\n": "Token has expired",
		"login\r\nAKIAIOSFODNN7EXAMPLE is disabled\n":  "REDACTED is disabled",
		"\n \n":       "",
		"why\n^^^^\n": "why",
	} {
		if got := LastLine(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := LastLine(strings.Repeat("a b ", 10_000)); len(got) > longestLine+10 {
		t.Errorf("a line of %d bytes", len(got))
	}
}
