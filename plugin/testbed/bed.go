package testbed

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/binaries"
)

// A Bed is what one test binary runs: at most one control plane and one AWS account server, started by the
// first test that asks. Its zero value is ready; Main must be running.
type Bed struct {
	mu      sync.Mutex
	dir     string // logs and data of the processes; empty while Main does not run
	control started[*ControlPlane]
	moto    started[*moto]
}

// started is something that is started at most once, and how that went.
type started[T interface{ stop() }] struct {
	done  bool
	value T
	err   error
}

func (s *started[T]) get(start func() (T, error)) (T, error) {
	if !s.done {
		s.value, s.err = start()
		s.done = true
	}
	return s.value, s.err
}

func (s *started[T]) stop() {
	if s.done && s.err == nil {
		s.value.stop()
	}
}

// Main runs the tests of a binary, ends what they started, and returns the exit code. If a test failed, the ends
// of the processes' logs go to standard error.
func (b *Bed) Main(m *testing.M) int {
	dir, err := os.MkdirTemp("", "testbed")
	if err != nil {
		fmt.Fprintln(os.Stderr, "test bed:", err)
		return 1
	}
	b.dir = dir
	if err := errors.Join(usePython(), exitAtOnce()); err != nil {
		fmt.Fprintln(os.Stderr, "test bed:", err)
		return 1
	}
	code := m.Run()
	b.mu.Lock()
	defer b.mu.Unlock()
	if code != 0 {
		b.printLogs()
	}
	b.control.stop()
	b.moto.stop()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "test bed:", err)
		return max(code, 1)
	}
	return code
}

// usePython puts the programs that `make python` installs first on PATH: the tests run them, and the commands that they
// hold. Where they are not installed, those that PATH has serve.
func usePython() error {
	dir, err := binaries.Python()
	if err != nil {
		return err
	}
	return os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// exitAtOnce lets programs with the race detector, which the tests start by the hundred, end without the second that they
// otherwise wait for other threads to report (atexit_sleep_ms, https://go.dev/doc/articles/race_detector).
func exitAtOnce() error {
	return os.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0"))
}

func (b *Bed) printLogs() {
	var processes []*process
	if b.control.done && b.control.err == nil {
		processes = append(processes, b.control.value.processes...)
	}
	if b.moto.done && b.moto.err == nil {
		processes = append(processes, b.moto.value.process)
	}
	for _, p := range processes {
		fmt.Fprintf(os.Stderr, "--- the end of %s's log ---\n%s\n", p.name, p.tail(30))
	}
}

// ControlPlane is the binary's API server. The first call starts it, in a few seconds, and builds its programs if
// they are not there.
func (b *Bed) ControlPlane(t testing.TB) *ControlPlane {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	control, err := b.control.get(func() (*ControlPlane, error) {
		if b.dir == "" {
			return nil, errOutsideMain
		}
		return startControlPlane(t.Context(), b.dir)
	})
	if err != nil {
		t.Fatalf("start the control plane: %v", err)
	}
	return control
}

// AWS is an AWS account of this test's own: empty, with a call log, latency and faults of its own.
func (b *Bed) AWS(t testing.TB) *AWS {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	server, err := b.moto.get(func() (*moto, error) {
		if b.dir == "" {
			return nil, errOutsideMain
		}
		return startMoto(b.dir)
	})
	if err != nil {
		t.Fatalf("start the AWS account server: %v", err)
	}
	return newAWS(t, server)
}

var errOutsideMain = errors.New("TestMain does not run Bed.Main")
