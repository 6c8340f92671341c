package collect

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

const (
	// quiet is how long no server has answered when what is left is given up, if it decides nothing. A server that is slow takes a
	// second or two.
	quiet = 3 * time.Second
	// StillRead is why something is unknown in the snapshots that [Request.Decided] judges.
	StillRead = "it is still being read"
)

// Patience is what is known of whether it is worth to wait for what is still being read.
type patience struct {
	last atomic.Int64 // when the last answer came, in nanoseconds since 1970
	// before is how much is under way that comes first: a login, and what the request is about.
	before atomic.Int32
}

func (p *patience) answered() { p.last.Store(time.Now().UnixNano()) }

// before starts work before whose end nothing is given up.
func (c *collector) before(work func()) {
	c.patience.before.Add(1)
	c.flight.start(func() {
		defer c.patience.before.Add(-1)
		defer c.patience.answered()
		work()
	})
}

// hear returns a context whose requests note each answer, also that there is one more page of a list, or another attempt.
func (c *collector) hear(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		TLSHandshakeDone:     func(tls.ConnectionState, error) { c.patience.answered() },
		GotFirstResponseByte: c.patience.answered,
	})
}

// wait waits until nothing is under way. It gives up what is left when no server has answered for a while and the answer is
// decided without it. It judges here and not beside the reading, so that nothing else judges at the same time.
func (c *collector) wait() {
	if c.request.Decided == nil {
		c.flight.wait()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.flight.wait()
	}()
	judged := int64(0)
	for left := quiet; ; {
		select {
		case <-done:
			return
		case <-time.After(left):
		}
		last := c.patience.last.Load()
		left = time.Until(time.Unix(0, last).Add(quiet))
		if left > 0 {
			continue
		}
		left = quiet
		if c.patience.before.Load() > 0 || last == judged {
			continue
		}
		judged = last
		if c.request.Decided(snapshot.New(c.document(StillRead))) && c.patience.last.Load() == last {
			c.stop(context.DeadlineExceeded)
		}
	}
}
