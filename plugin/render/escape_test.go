package render

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
)

func TestEscape(t *testing.T) {
	for _, test := range []struct {
		name, text, want, ascii string
	}{
		{"plain", "arn:aws:iam::111122223333:role/web", "arn:aws:iam::111122223333:role/web", "arn:aws:iam::111122223333:role/web"},
		{"letters", "grün 角色", "grün 角色", `gr\u00fcn \u89d2\u8272`},
		{"escape sequence", "\x1b[2J\x1b]0;x\a", `\x1b[2J\x1b]0;x\x07`, `\x1b[2J\x1b]0;x\x07`},
		{"line ends", "a\r\nb\tc\v\f", `a\r\nb\tc\x0b\x0c`, `a\r\nb\tc\x0b\x0c`},
		{"delete and null", "\x00\x7f", `\x00\x7f`, `\x00\x7f`},
		{"C1", "\u009b31m\u0085", `\u009b31m\u0085`, `\u009b31m\u0085`},
		{"bidi", "\u202egpj.\u2066x\u2069", `\u202egpj.\u2066x\u2069`, `\u202egpj.\u2066x\u2069`},
		{"blanks", "web\u00a0\u2003\u3000\u2028", `web\u00a0\u2003\u3000\u2028`, `web\u00a0\u2003\u3000\u2028`},
		{"invisible", "w\u200be\u00adb\ufeff\u3164\u034f\ufe0f", `w\u200be\u00adb\ufeff\u3164\u034f\ufe0f`, `w\u200be\u00adb\ufeff\u3164\u034f\ufe0f`},
		{"tags", "\U000e0041", `\U000e0041`, `\U000e0041`},
		{"not UTF-8", "a\xff\xc0\xafb\xe2\x80", `a\xff\xc0\xafb\xe2\x80`, `a\xff\xc0\xafb\xe2\x80`},
		{"replacement character", "\ufffd", "\ufffd", `\ufffd`},
		{"private and unassigned", "\ue000\u0378", `\ue000\u0378`, `\ue000\u0378`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Escape(test.text, false); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if got := Escape(test.text, true); got != test.ascii {
				t.Errorf("ASCII: got %q, want %q", got, test.ascii)
			}
		})
	}
}

// FuzzEscape holds that nothing hostile is left of any text, that what was clean is as it was, and that
// escaping twice changes nothing more.
func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"", "web", "\x1b[31m", "\u202e", "\xff", "角色", "a\nb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean := true
		for i := 0; i < len(text); {
			r, size := utf8.DecodeRuneInString(text[i:])
			clean = clean && !document.Hostile(r, size)
			i += size
		}
		got := Escape(text, false)
		if clean != (got == text) {
			t.Errorf("%q became %q", text, got)
		}
		for i := 0; i < len(got); {
			r, size := utf8.DecodeRuneInString(got[i:])
			if document.Hostile(r, size) {
				t.Errorf("%q became %q, in which %q is left", text, got, r)
			}
			i += size
		}
		if again := Escape(got, false); again != got {
			t.Errorf("%q became %q, and then %q", text, got, again)
		}
		if ascii := Escape(text, true); strings.ContainsFunc(ascii, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q became %q in ASCII", text, ascii)
		}
	})
}
