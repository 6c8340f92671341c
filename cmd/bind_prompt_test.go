package cmd_test

import (
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/creack/pty"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// TestBindPrompt answers on a real terminal: only a yes changes anything, and the whole plan stands before the question.
func TestBindPrompt(t *testing.T) {
	b := newBinding(t)
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
	b.aws.Role(t, testbed.Account, "web", b.others())
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	for answer, want := range map[string]struct {
		code int
		last string
	}{
		"\n":    {1, "\nerror: nothing was changed\r\n"},
		"no\n":  {1, "\nerror: nothing was changed\r\n"},
		"\x04":  {1, "\nerror: nothing was changed\r\n"}, // the end of the input
		"n\x03": {130, "\nnothing was changed\r\n"},      // Ctrl-C
	} {
		if code, screen := b.onTerminal(t, typing(answer), "bind", "web", "web"); code != want.code || !strings.HasSuffix(screen, want.last) {
			t.Errorf("answer %q: exit code %d\n%s", answer, code, screen)
		}
		if len(b.written()) > 0 {
			t.Fatalf("answer %q: there were the calls %v", answer, b.written())
		}
	}
	code, screen := b.onTerminal(t, typing("y\n"), "bind", "web", "web")
	question := strings.Index(screen, "Make these 2 changes? [y/N] ")
	if code != 0 || question < 0 || !strings.Contains(screen[:question], "system:serviceaccount:"+b.namespace+":web") || !strings.Contains(screen[question:], "serviceaccount/web annotated") {
		t.Errorf("exit code %d\n%s", code, screen)
	}
	b.pod(t, "web-0", "web")
	b.works(t, "web-0")
}

// TestBindPromptOpen changes the trust policy while the question is open: the new plan is shown, and asked about again.
func TestBindPromptOpen(t *testing.T) {
	b := newBinding(t)
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
	b.aws.Role(t, testbed.Account, "web", b.used())
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	asked := 0
	code, screen := b.onTerminal(t, func() string {
		if asked++; asked == 1 {
			b.setTrust(t, b.others())
		}
		return "y\n"
	}, "bind", "web", "web")
	if code != 0 || asked != 2 || !strings.Contains(screen, "has changed since the plan was shown") {
		t.Errorf("exit code %d, asked %d times\n%s", code, asked, screen)
	}
	b.pod(t, "web-0", "web")
	b.works(t, "web-0")
}

// typing answers every question with the same text.
func typing(answer string) func() string { return func() string { return answer } }

// onTerminal runs the program on a terminal of 80 columns, types what answer returns whenever it is asked, and returns what was
// on the screen.
func (b *binding) onTerminal(t *testing.T, answer func() string, args ...string) (code int, screen string) {
	t.Helper()
	command := b.irsa(t, args...)
	command.Env = append(command.Env, "TERM=xterm", "NO_COLOR=1")
	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = terminal.Close() }() // the program has ended
	var seen strings.Builder
	one := make([]byte, 1)
	for {
		// A terminal whose program has ended reads as an error (EIO), not as the end of a file.
		if _, err := io.ReadFull(terminal, one); err != nil {
			break
		}
		seen.Write(one)
		if strings.HasSuffix(seen.String(), "[y/N] ") {
			if _, err := io.WriteString(terminal, answer()); err != nil {
				t.Fatal(err)
			}
		}
	}
	var exit *exec.ExitError
	if err := command.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), seen.String()
}
