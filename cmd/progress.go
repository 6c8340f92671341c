package cmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/tally"
)

// patience is how long work takes before a person wonders what is going on.
const patience = time.Second

// progress shows what has been read with the context that it returns, and before anything was, what is being done.
func (p *program) progress(ctx context.Context, what string) (reading context.Context, end func()) {
	reading, counted := tally.With(ctx)
	return reading, p.watch(ctx, func() string { return cmp.Or(counted.String(), what) })
}

// watch shows on standard error that work is under way, if that is a terminal and the work takes longer than a second. The
// function that it returns ends it and erases the line.
func (p *program) watch(ctx context.Context, now func() string) (end func()) {
	width := terminalWidth(p.errOut)
	if width == 0 {
		return func() {}
	}
	return p.line.show(ctx, p.errOut, width, now)
}

// A progressLine is the last line of the screen while work is under way. Everything that writes to the screen erases it first.
type progressLine struct {
	mu    sync.Mutex
	out   io.Writer
	shown int  // columns to erase
	asked bool // the last line on the screen is not at its end: another program asks something there
}

// show draws the line each second until the context ends, or the function that it returns is called.
func (l *progressLine) show(ctx context.Context, out io.Writer, width int, now func() string) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		ticker := time.NewTicker(patience)
		defer ticker.Stop()
		for seconds := 1; ; seconds++ {
			select {
			case <-ctx.Done():
				l.erase()
				return
			case <-ticker.C:
				l.draw(out, width, now(), fmt.Sprintf(" (%d s)", seconds))
			}
		}
	})
	return func() { cancel(); done.Wait() }
}

// echo is what a terminal writes into the line for Ctrl-C.
const echo = len("^C")

// draw shows a text, cut where it is too long, with its end in place of the one before. It leaves room for the echo, and never
// fills the last column, after which some terminals begin a new line. The text is ASCII.
func (l *progressLine) draw(out io.Writer, width int, text, end string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked {
		return
	}
	l.clear()
	room := max(0, width-1-echo)
	text = text[:min(len(text), max(0, room-len(end)))] + end[:min(len(end), room)]
	_, _ = io.WriteString(out, text)
	l.out, l.shown = out, len(text)
}

// erase leaves the cursor in the first column of an empty line, if the line is shown.
func (l *progressLine) erase() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clear()
}

// write writes a text, of whole lines, in place of the line.
func (l *progressLine) write(out io.Writer, text string) error { return l.replace(out, text, false) }

// replace writes a text in place of the line. Behind a question of another program the line is not shown: it would be drawn over
// it.
func (l *progressLine) replace(out io.Writer, text string, asked bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clear()
	l.asked = asked
	_, err := io.WriteString(out, text)
	return err
}

func (l *progressLine) clear() {
	if l.shown > 0 {
		_, _ = io.WriteString(l.out, "\r"+strings.Repeat(" ", l.shown+echo)+"\r")
	}
	l.shown = 0
}

// end erases the line, and lets nobody write any more. What is just being written has a moment to get to its end; into a pipe that
// nobody reads from it never does.
func (l *progressLine) end() {
	const moment, times = 5 * time.Millisecond, 10
	for range times {
		if l.mu.TryLock() {
			l.clear()
			return
		}
		time.Sleep(moment)
	}
}
