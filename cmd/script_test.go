package cmd_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kubectl-irsa/kubectl-irsa/cmd"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

var bed testbed.Bed

// bedded runs the tests with the test bed around them.
type bedded struct{ *testing.M }

func (b bedded) Run() int { return bed.Main(b.M) }

// TestMain lets the scripts, and kubectl, run the real program by its name.
func TestMain(m *testing.M) {
	testscript.Main(bedded{m}, map[string]func(){
		"kubectl-irsa": func() { os.Exit(cmd.Main(os.Stdin, os.Stdout, os.Stderr, os.Args[1:])) },
	})
}

// TestScript runs what a user would type. $CASES is the folder of snapshots, $HOSTILE that of files that are none; the locale is UTF-8, and there is
// neither a kubeconfig nor an AWS configuration.
func TestScript(t *testing.T) {
	testdata, err := filepath.Abs("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	s := newSchemas(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "../testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("CASES", filepath.Join(testdata, "cases"))
			env.Setenv("HOSTILE", filepath.Join(testdata, "hostile"))
			env.Setenv("LC_ALL", "C.UTF-8")
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("ESC", "\x1b")
			env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			env.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": func(ts *testscript.TestScript, neg bool, args []string) {
			exits(ts, neg, args)
			if err := s.conforms(args, ts.ReadFile("stdout")); err != nil {
				ts.Fatalf("%v", err)
			}
		}},
	})
}

// exits CODE PROGRAM ARGUMENT… runs a program and holds its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENT...")
	}
	code := 0
	var failed *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
		code = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if want, err := strconv.Atoi(args[0]); err != nil || code != want {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}
