package cmd

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// leave is how long a command has to end by itself when it is interrupted. Most do at once. What does not look at its context (a
// pipe that nobody writes to, a computation about a hundred thousand pods, a pipe that nobody reads from) is left then.
const leave = 100 * time.Millisecond

// signals are what ends the program: Ctrl-C; what `kill`, `timeout` and the container runtime send; and that the terminal is gone,
// unless nohup has made that mean nothing.
func signals() []os.Signal {
	ending := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		ending = append(ending, syscall.SIGHUP)
	}
	return ending
}

// interruptible returns a context that ends with the first signal. A second one ends the program at once, also in the midst of
// changes. What follows the first immediately is the same one: timeout(1) sends its signal to the process, and then to the group.
func interruptible() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, signals()...)
	go func() {
		var first time.Time
		for range caught {
			switch {
			case first.IsZero():
				first = time.Now()
				cancel()
			case time.Since(first) > leave:
				os.Exit(exitInterrupted)
			}
		}
	}()
	return ctx, func() {
		signal.Stop(caught)
		close(caught)
		cancel()
	}
}

// finish does work that is finished in its own time when the program is interrupted: changes are being made.
func (p *program) finish(work func() error) error {
	p.finishing.Lock()
	defer p.finishing.Unlock()
	return work()
}

// leave returns the exit code of a command that is interrupted: its own, if it ends soon. Otherwise nothing is written any more.
func (p *program) leave(ended <-chan int) int {
	for {
		select {
		case code := <-ended:
			return code
		case <-time.After(leave):
		}
		if p.finishing.TryLock() {
			p.line.end()
			return exitInterrupted
		}
	}
}

// mayAnswer returns why no answer may follow: the program was interrupted. What was changed is told all the same.
func (p *program) mayAnswer() error {
	select {
	case <-p.interrupted:
	default:
		return nil
	}
	if p.finishing.TryLock() {
		p.finishing.Unlock()
		return context.Canceled
	}
	return nil
}
