package kube

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A clock ends the context of one request when the server has taken too long, over all attempts: client-go's own timeout of a
// list holds for each of its ten attempts, and not for the waiting between them. It runs from when the request is sent: before
// that an exec plugin may log in, which has its own bound.
type clock struct {
	allowed time.Duration
	cancel  context.CancelCauseFunc

	once    sync.Once
	started chan struct{}
	end     time.Time
	timer   *time.Timer
}

type clockKey struct{}

func withClock(ctx context.Context, allowed time.Duration) (context.Context, *clock) {
	ctx, cancel := context.WithCancelCause(ctx)
	c := &clock{allowed: allowed, cancel: cancel, started: make(chan struct{})}
	return context.WithValue(ctx, clockKey{}, c), c
}

// start begins to count, once.
func (c *clock) start() {
	c.once.Do(func() {
		c.end = time.Now().Add(c.allowed)
		c.timer = time.AfterFunc(c.allowed, func() { c.cancel(context.DeadlineExceeded) })
		close(c.started)
	})
}

// stop ends the context: the request is over.
func (c *clock) stop() {
	c.start()
	c.timer.Stop()
	c.cancel(nil)
}

// sent is closed when the request has been sent; nil if nobody says so.
func (c *clock) sent() <-chan struct{} {
	if c == nil {
		return nil
	}
	return c.started
}

// clockOf is the clock of a request, nil if it has none.
func clockOf(ctx context.Context) *clock {
	c, _ := ctx.Value(clockKey{}).(*clock)
	return c
}

// A timedTransport is the innermost of all: what it is asked for goes to the server.
type timedTransport struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper. A server that asks to come back when the time is over is not waited for: without the
// header client-go makes an error of what the server says.
func (t timedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	c := clockOf(request.Context())
	if c != nil {
		c.start()
	}
	response, err := t.RoundTripper.RoundTrip(request)
	if err != nil || c == nil {
		return response, err
	}
	const header = "Retry-After"
	if seconds, unread := strconv.Atoi(response.Header.Get(header)); unread == nil && time.Now().Add(time.Duration(seconds)*time.Second).After(c.end) {
		response.Header.Del(header)
	}
	return response, nil
}
