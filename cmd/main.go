// Package cmd is the command line: it turns what was typed into questions, and answers and errors into
// text and an exit code. One file a command.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/scrub"
)

// The exit codes.
const (
	exitOK           = 0
	exitError        = 1
	exitBroken       = 2
	exitUndetermined = 3
	exitLeft         = 4   // of a plan: a change is left to the owner of the object's source
	exitInterrupted  = 130 // 128 and the number of SIGINT, as shells count
	exitUnread       = 141 // nobody reads the answer any more: 128 and the number of SIGPIPE
)

// Main is the whole program: it runs the command that the arguments name and returns the exit code.
func Main(in io.Reader, out, errOut io.Writer, args []string) int {
	ctx, stop := interruptible()
	defer stop()
	// A reader that has gone (| head) is an error of the answer, like any other: by default the signal would end the program, also
	// in the midst of changes.
	gone := make(chan os.Signal, 1)
	signal.Notify(gone, syscall.SIGPIPE)
	defer signal.Stop(gone)

	p := &program{in: in, out: out, errOut: errOut, interrupted: ctx.Done()}
	ended := make(chan int, 1)
	go func() { ended <- p.run(ctx, args) }()
	select {
	case code := <-ended:
		return code
	case <-ctx.Done():
		return p.leave(ended)
	}
}

func (p *program) run(ctx context.Context, args []string) int {
	root := newRoot(p)
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	var usage usageError
	var refusal *bind.Refusal
	switch {
	case err == nil && p.partly:
		return exitError
	case err == nil:
		return p.exit
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.Is(err, syscall.EPIPE):
		return exitUnread
	case errors.As(err, &usage):
		p.complain("error: " + err.Error())
		p.complain("See '" + command.CommandPath() + " -h' for help and examples")
	case errors.As(err, &refusal):
		p.advise("error: "+refusal.Text, refusal.Command)
	default:
		p.complain("error: " + err.Error())
	}
	return exitError
}

// A program is what one run of Main has: its streams, and the exit code that its answer asks for.
type program struct {
	in          io.Reader
	out, errOut io.Writer
	color       colorMode
	line        progressLine
	interrupted <-chan struct{} // closed when the program is
	finishing   sync.Mutex      // held by what is finished also then
	exit        int
	partly      bool // some of what was asked for could not be answered
}

// complain writes a message to standard error. It may quote a server or a file, so secrets are removed and it is escaped.
func (p *program) complain(message string) { p.advise(message, "") }

// advise writes a message to standard error with the command to run next.
func (p *program) advise(message, command string) {
	_ = p.line.write(p.errOut, render.Message(scrub.Text(message), command, p.style(p.errOut)))
}

// answer writes the whole answer at once: where there is an error there is no half of one.
func (p *program) answer(text string) error {
	if err := p.mayAnswer(); err != nil {
		return err
	}
	if err := p.line.write(p.out, text); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// exitOf returns the exit code of a verdict.
func exitOf(v judge.Verdict) int {
	switch v {
	case judge.Works, judge.NotConfigured:
		return exitOK
	case judge.Broken:
		return exitBroken
	default:
		return exitUndetermined
	}
}
