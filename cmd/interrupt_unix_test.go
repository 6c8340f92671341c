//go:build unix

package cmd_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A process is the program on its own.
type process struct {
	*exec.Cmd
	out, errOut bytes.Buffer
}

func startProcess(t *testing.T, in io.Reader, out io.Writer, args ...string) *process {
	t.Helper()
	r := &process{Cmd: exec.CommandContext(t.Context(), "kubectl-irsa", args...)}
	r.Stdin, r.Stdout, r.Stderr = in, &r.out, &r.errOut
	if out != nil {
		r.Stdout = out
	}
	r.Env = append(os.Environ(), "KUBECONFIG="+os.DevNull, "HOME="+t.TempDir())
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	return r
}

// interrupted sends a signal, and holds that the program ends with 130, without an answer and without a word.
func (r *process) interrupted(t *testing.T, sent os.Signal) {
	t.Helper()
	if err := r.Process.Signal(sent); err != nil {
		t.Fatal(err)
	}
	err := r.Wait()
	if code := r.ProcessState.ExitCode(); code != 130 || r.out.Len() > 0 || r.errOut.Len() > 0 {
		t.Errorf("%v, standard output %q, standard error %q, want exit code 130 and nothing", err, r.out.String(), r.errOut.String())
	}
}

// TestInterrupt holds that signals end the program wherever it is. What it waits for in these moments never comes: a test that
// does not end has failed.
func TestInterrupt(t *testing.T) {
	asked := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case asked <- struct{}{}:
		default: // one is enough
		}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	// opened returns when the program has opened the pipe to read from it.
	opened := func(t *testing.T) {
		t.Helper()
		file, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = file.Close() }) // whoever is left reads the end
	}
	network := func(*testing.T) { <-asked }
	for name, test := range map[string]struct {
		reached func(*testing.T)
		signal  os.Signal
		args    []string
	}{
		"the network, Ctrl-C":  {network, os.Interrupt, []string{"explain", "web-0", "--no-aws", "--server", server.URL, "-n", "shop"}},
		"the network, SIGTERM": {network, syscall.SIGTERM, []string{"snapshot", "-A", "--no-aws", "--server", server.URL}},
		"the network, SIGHUP":  {network, syscall.SIGHUP, []string{"whoami", "web-0", "--no-aws", "--server", server.URL, "-n", "shop"}},
		"manifests":            {opened, os.Interrupt, []string{"explain", "-f", pipe, "--no-aws"}},
		"a snapshot":           {opened, syscall.SIGTERM, []string{"explain", "--snapshot", pipe}},
		"the kubeconfig":       {opened, os.Interrupt, []string{"explain", "web-0", "--kubeconfig", pipe}},
		"a template":           {opened, os.Interrupt, []string{"explain", "--snapshot", "demo", "-o", "go-template-file=" + pipe}},
	} {
		t.Run(name, func(t *testing.T) {
			if test.signal == syscall.SIGHUP && signal.Ignored(syscall.SIGHUP) {
				t.Skip("the tests run under nohup, and so does the program: it goes on")
			}
			r := startProcess(t, nil, nil, test.args...)
			test.reached(t)
			r.interrupted(t, test.signal)
		})
	}
}

// TestInterruptInput interrupts the program while it reads standard input.
func TestInterruptInput(t *testing.T) {
	for name, args := range map[string][]string{
		"manifests": {"explain", "-f", "-", "--no-aws"}, "a snapshot": {"explain", "--snapshot", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _, _ = reader.Close(), writer.Close() }()
			r := startProcess(t, reader, nil, args...)
			// More than a pipe holds: when it is written, the program reads.
			if _, err := writer.WriteString(strings.Repeat("# nothing yet\n", 10_000)); err != nil {
				t.Fatal(err)
			}
			r.interrupted(t, os.Interrupt)
		})
	}
}

// TestInterruptWork interrupts the program while it parses and judges: the input is so large that it has not been when all of it was
// taken.
func TestInterruptWork(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r := startProcess(t, reader, nil, "explain", "-f", "-", "--no-aws", "-o", "json")
	_ = reader.Close()
	pod := "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app, image: web}]}\n"
	if _, err := writer.WriteString(strings.Repeat(pod, 50_000)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	r.interrupted(t, os.Interrupt)
}

// TestInterruptAnswer interrupts the program while it writes an answer that nobody reads.
func TestInterruptAnswer(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	r := startProcess(t, nil, writer, "explain", "--codes", "-o", "json")
	_ = writer.Close()
	if _, err := reader.Read(make([]byte, 1)); err != nil { // it writes
		t.Fatal(err)
	}
	r.interrupted(t, os.Interrupt)
}

// TestUnread holds that a reader that has gone is no error to be told.
func TestUnread(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Close()
	r := startProcess(t, nil, writer, "explain", "--snapshot", "demo")
	_ = writer.Close()
	if err := r.Wait(); r.ProcessState.ExitCode() != 141 || r.errOut.Len() > 0 {
		t.Errorf("%v, standard error %q, want exit code 141 and nothing", err, r.errOut.String())
	}
}
