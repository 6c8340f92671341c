package neterr

import (
	"context"
	"time"
)

// grace is how long a request that writes may still be answered once the program is interrupted.
const grace = time.Second

// Finishing returns a context for a request that writes: it outlives its parent for a moment, so that the answer of a request under way
// is still read, and the outcome is known. After that moment, it ends with its parent's error.
func Finishing(ctx context.Context) (finishing context.Context, end context.CancelFunc) {
	finishing, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	var timer *time.Timer
	armed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		timer = time.AfterFunc(grace, func() { cancel(ctx.Err()) })
		close(armed)
	})
	return finishing, func() {
		if !stop() { // it has begun
			<-armed
			timer.Stop()
		}
		cancel(context.Canceled)
	}
}
