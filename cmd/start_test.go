package cmd_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/binaries"
)

// BenchmarkStart measures how long the program takes to start, side by side with kubectl, and tells its size.
func BenchmarkStart(b *testing.B) {
	tools, err := binaries.Ensure(context.Background(), os.Stderr)
	if err != nil {
		b.Fatal(err)
	}
	plugin := filepath.Join(b.TempDir(), "kubectl-irsa")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", plugin, "..")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	info, err := os.Stat(plugin)
	if err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name    string
		command []string
	}{
		{"kubectl version --client", []string{filepath.Join(tools, "kubectl"), "version", "--client"}},
		{"kubectl-irsa --help", []string{plugin, "--help"}},
		{"kubectl-irsa version", []string{plugin, "version"}},
		{"kubectl-irsa explain -A --snapshot demo -o name", []string{plugin, "explain", "-A", "--snapshot", "demo", "-o", "name"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				command := exec.Command(bench.command[0], bench.command[1:]...)
				command.Env = append(os.Environ(), "KUBECONFIG="+os.DevNull)
				// A verdict is an exit code of its own; what counts is that the program ran.
				if err := command.Run(); err != nil && command.ProcessState.ExitCode() != 2 {
					b.Fatal(err)
				}
			}
			if bench.command[0] == plugin {
				b.ReportMetric(float64(info.Size())/1e6, "MB")
			}
		})
	}
}
