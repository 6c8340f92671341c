package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
)

// plainly lets kubectl find the program without the race detector, which makes a short command several times slower: for tests
// that run it by the hundred and one at a time. The other tests run the program as it is in the test binary.
func (w *world) plainly(t *testing.T) {
	t.Helper()
	dir, err := plainProgram()
	if err != nil {
		t.Fatal(err)
	}
	if dir != "" {
		w.before(dir)
	}
}

// plainProgram builds the program once, as a release is built, and returns its folder; none where the test binary is plain itself.
var plainProgram = sync.OnceValues(func() (string, error) {
	if info, ok := debug.ReadBuildInfo(); !ok || !slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return "", nil
	}
	dir, err := os.MkdirTemp(filepath.Dir(os.Args[0]), "plain") // go test removes it with the test binary
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, "kubectl-irsa"), "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return dir, nil
})
