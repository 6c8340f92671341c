package collect

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A hang is a question that nobody answers until its context ends.
type hang struct{ ended *error }

func (q hang) find(ctx context.Context, c *collector) bool {
	return request(c, func() bool {
		<-ctx.Done()
		*q.ended = context.Cause(ctx)
		return false
	})
}

// TestPatience holds when what hangs is given up: a moment after the last answer, if it is decided, and not before what comes first
// has ended.
func TestPatience(t *testing.T) {
	for _, test := range []struct {
		name    string
		answers []time.Duration // how long each of them takes after the one before
		before  time.Duration   // how long what comes first takes
		decided time.Duration   // from when on it is decided; zero: always
		want    time.Duration
	}{
		{name: "decided at once", want: quiet},
		{name: "slow", answers: []time.Duration{2 * time.Second, 2 * time.Second, 2 * time.Second}, want: 6*time.Second + quiet},
		{name: "slower than that, and decides", answers: []time.Duration{time.Second, time.Minute}, decided: time.Minute, want: time.Minute + time.Second + quiet},
		{name: "a person logs in", before: 4 * time.Minute, want: 4*time.Minute + quiet},
		{name: "never decided", decided: time.Hour, want: 30 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				c := &collector{flight: newFlight(), record: newRecord(Request{})}
				judged := 0
				c.request.Decided = func(*snapshot.Snapshot) bool {
					judged++
					return time.Since(start) >= test.decided
				}
				ctx, stop := context.WithCancelCause(t.Context())
				defer stop(nil)
				c.stop = stop
				time.AfterFunc(30*time.Minute, func() { stop(context.Canceled) })
				c.patience.answered()
				if test.before > 0 {
					c.before(func() { time.Sleep(test.before) })
				}
				var cause error
				begin(ctx, c, hang{&cause})
				saw := &seen{}
				c.flight.start(func() {
					for i, takes := range test.answers {
						ask(ctx, c, nap{saw, fmt.Sprint(i), takes})
					}
				})
				c.wait()
				late := time.Since(start) - test.want
				if late < 0 || late > quiet || int(saw.asked.Load()) != len(test.answers) {
					t.Errorf("it took %v longer than %v, with %d answers", late, test.want, saw.asked.Load())
				}
				if given := cause == context.DeadlineExceeded; given != (test.decided < time.Hour) || judged > len(test.answers)+1 { //nolint:errorlint // that very one
					t.Errorf("it ended with %v; judged %d times", cause, judged)
				}
			})
		})
	}
}
