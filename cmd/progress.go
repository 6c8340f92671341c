package cmd

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"k8s.io/cli-runtime/pkg/printers"
)

// patience is how long work takes before a person wonders what is going on.
const patience = time.Second

// progress tells on standard error that work is under way, if that is a terminal and the work takes longer
// than a second. The function that it returns ends it and erases the line.
func (p *program) progress(ctx context.Context, what string) (end func()) {
	if !printers.IsTerminal(p.errOut) {
		return func() {}
	}
	return tell(ctx, p.errOut, what)
}

func tell(ctx context.Context, out io.Writer, what string) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		ticker := time.NewTicker(patience)
		defer ticker.Stop()
		width := 0
		for seconds := 1; ; seconds++ {
			select {
			case <-ctx.Done():
				if width > 0 {
					_, _ = fmt.Fprint(out, "\r"+strings.Repeat(" ", width)+"\r")
				}
				return
			case <-ticker.C:
				line := fmt.Sprintf("%s: %d s", what, seconds)
				width = len(line)
				_, _ = fmt.Fprint(out, "\r"+line)
			}
		}
	})
	return func() { cancel(); done.Wait() }
}
