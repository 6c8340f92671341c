package cmd_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// firstPage is a page of a list of pods, which a server continues when it likes.
const firstPage = `{"apiVersion": "v1", "kind": "PodList", "metadata": {"resourceVersion": "1", "continue": "next", "remainingItemCount": 1999},
  "items": [{"metadata": {"namespace": "shop", "name": "web-0"}}]}`

// TestProgressOnTerminal reads from a server that does not come to an end: the terminal shows what was read, and after Ctrl-C, or
// before an error, nothing of that is left.
func TestProgressOnTerminal(t *testing.T) {
	for name, test := range map[string]struct {
		typed string // once the progress is shown; empty makes the server give up instead
		code  int
		left  string
	}{
		"Ctrl-C":   {"\x03", 130, ""},
		"an error": {"", 1, "error: "},
	} {
		t.Run(name, func(t *testing.T) {
			giveUp := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/pods") && r.URL.Query().Get("continue") == "" {
					w.Header().Set("Content-Type", "application/json")
					_, _ = io.WriteString(w, firstPage)
					return
				}
				select {
				case <-r.Context().Done():
				case <-giveUp:
					http.Error(w, "given up", http.StatusForbidden)
				}
			}))
			defer server.Close()
			command := exec.CommandContext(t.Context(), "kubectl-irsa", "explain", "-A", "--no-aws", "--server", server.URL)
			command.Env = append(os.Environ(), "KUBECONFIG="+os.DevNull, "HOME="+t.TempDir(), "TERM=xterm", "NO_COLOR=1")
			terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 24, Cols: 80})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = terminal.Close() }() // the program has ended
			var seen strings.Builder
			one, acted := make([]byte, 1), false
			for {
				if _, err := io.ReadFull(terminal, one); err != nil { // EIO: the program has ended
					break
				}
				seen.Write(one)
				if acted || !strings.HasSuffix(seen.String(), "read 1 of 2,000 pods (1 s)") {
					continue
				}
				acted = true
				if test.typed == "" {
					close(giveUp)
				} else if _, err := io.WriteString(terminal, test.typed); err != nil {
					t.Fatal(err)
				}
			}
			_ = command.Wait() // the exit code says it
			if code := command.ProcessState.ExitCode(); !acted || code != test.code {
				t.Errorf("exit code %d, want %d\n%q", code, test.code, seen.String())
			}
			left := strings.TrimRight(screenOf(seen.String()), " ")
			if test.left == "" && left != "" || !strings.HasPrefix(left, test.left) || strings.Contains(left, "2,000") {
				t.Errorf("the screen is left as %q, from %q", left, seen.String())
			}
		})
	}
}

// screenOf is what a terminal shows after a text with carriage returns, each of which goes on at the beginning of the line.
func screenOf(text string) string {
	lines := []string{""}
	column := 0
	for _, r := range text {
		last := &lines[len(lines)-1]
		switch r {
		case '\r':
			column = 0
		case '\n':
			lines = append(lines, "")
			column = 0
		default:
			cells := []rune(*last)
			for len(cells) <= column {
				cells = append(cells, ' ')
			}
			cells[column] = r
			*last = string(cells)
			column++
		}
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
