// Package wait says how long reading waits: for a server, for a program that logs in, for a person.
package wait

import (
	"cmp"
	"context"
	"errors"
	"time"
)

const (
	// request is how long a server may take for one request with all its attempts, where the user has set no timeout: one that
	// accepts connections may never answer.
	request = 30 * time.Second
	// login is the same for a program that logs in: an exec plugin, a credential_process, an SSO session. It may have to start an
	// interpreter and to call several servers.
	login = time.Minute
	// person is how long one that asks something may wait for the answer. --request-timeout is about servers: a person who types
	// a code is not one.
	person = 5 * time.Minute
)

// Bounds are how long the parts of reading may take.
type Bounds struct {
	Request time.Duration // of one request, with all its attempts
	Login   time.Duration // of a program that logs in and asks nobody
	// Asks reports whether the program that logs in has asked a person something; nil: that is unknown, and it has not.
	Asks func() bool
}

// For returns the bounds by what the user has set as the timeout of a request; zero is not set. A timeout that is set also holds
// for programs that log in: a request waits for them.
func For(timeout time.Duration) Bounds {
	return Bounds{Request: cmp.Or(timeout, request), Login: cmp.Or(timeout, login)}
}

// ForLogin returns a context that ends when a login has taken too long.
func (b Bounds) ForLogin(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		if !over(ctx, b.Login) {
			return
		}
		if b.Asks != nil && b.Asks() && !over(ctx, person-b.Login) {
			return
		}
		cancel(context.DeadlineExceeded)
	}()
	return ctx, func() { cancel(nil) }
}

// over waits, and reports false if the context ends before.
func over(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Late reports whether a context has ended because something took too long, and not because nobody waits any more.
func Late(ctx context.Context) bool {
	return ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded)
}
