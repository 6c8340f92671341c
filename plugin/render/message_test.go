package render_test

import (
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

// TestMessage holds that a message is one line off a terminal, is wrapped on one, and that a command is never broken.
func TestMessage(t *testing.T) {
	const command = "kubectl irsa bind shop/web arn:aws:iam::111122223333:role/a-role-with-a-long-name"
	long := "error: " + strings.Repeat("word ", 20) + "end"
	for _, test := range []struct {
		text, command string
		style         render.Style
		want          string
	}{
		{"warning: a\nb\x1b[2J", "", render.Style{}, "warning: a b\\x1b[2J\n"},
		{"warning: a", "", render.Style{Color: true}, "\x1b[33mwarning:\x1b[0m a\n"},
		{"error: a: b", "", render.Style{Color: true}, "\x1b[1;31merror:\x1b[0m a: b\n"},
		{"not done: a", "", render.Style{Color: true}, "\x1b[1;31mnot done:\x1b[0m a\n"},
		{"No pods found", "", render.Style{Color: true}, "No pods found\n"},
		{"unread: a", "", render.Style{Color: true}, "unread: a\n"},
		{"to continue", command, render.Style{}, "to continue: " + command + "\n"},
		{"to continue", command, render.Style{Width: 40}, "to continue:\n  " + command + "\n"},
		{long, "", render.Style{}, long + "\n"},
		{long, "", render.Style{Width: 60}, "error: " + strings.Repeat("word ", 9) + "word\n  " + strings.Repeat("word ", 10) + "end\n"},
	} {
		if got := render.Message(test.text, test.command, test.style); got != test.want {
			t.Errorf("%+v:\n%q\nwant\n%q", test.style, got, test.want)
		}
	}
}
