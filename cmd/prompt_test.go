package cmd

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// TestConfirm answers on a terminal: only a yes is one, and afterwards the cursor is in the first column.
func TestConfirm(t *testing.T) {
	const question = "Make these 2 changes? [y/N] "
	for _, test := range []struct {
		typed  string // "" is Ctrl-C
		want   error
		screen string
	}{
		{"y\n", nil, question + "y\r\n"},
		{"YES\n", nil, question + "YES\r\n"},
		{"\n", errUnchanged, question + "\r\n"},
		{"no\n", errUnchanged, question + "no\r\n"},
		{"\x04", errUnchanged, question + "\r\n"},
		{"y\x04", errUnchanged, question + "y\r\n"},
		{"yes\x04\n", errUnchanged, question + "yes\r\n"},
		{"", context.Canceled, question + "\r\n"},
	} {
		t.Setenv("NO_COLOR", "1")
		screen, keyboard, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		p := &program{in: keyboard, errOut: keyboard}
		c := newPlanCommand(p, newKubeconfig())
		ctx, cancel := context.WithCancel(t.Context())
		answered := make(chan error, 1)
		go func() { answered <- c.confirm(ctx, 2) }()
		shown := until(t, screen, "", question)
		if test.typed == "" {
			cancel()
		} else if _, err := io.WriteString(screen, test.typed); err != nil {
			t.Fatal(err)
		}
		if err := <-answered; !errors.Is(err, test.want) {
			t.Errorf("%q: %v, want %v", test.typed, err, test.want)
		}
		cancel()
		if shown = until(t, screen, shown, test.screen); shown != test.screen {
			t.Errorf("%q: the screen is %q, want %q", test.typed, shown, test.screen)
		}
		_, _ = io.WriteString(screen, "\n") // ends the reading that is left
		_ = keyboard.Close()
		_ = screen.Close()
	}
}

// until reads from a terminal until its screen ends in a text, or is longer than that.
func until(t *testing.T, terminal io.Reader, screen, want string) string {
	t.Helper()
	one := make([]byte, 1)
	for !strings.HasSuffix(screen, want) && len(screen) <= len(want) {
		if _, err := terminal.Read(one); err != nil {
			t.Fatal(err)
		}
		screen += string(one)
	}
	return screen
}
