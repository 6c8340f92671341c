package collect

import (
	"context"
	"sync"
)

// parallel is how many requests are under way at most.
const parallel = 16

// A question is a value that holds all that is asked: two of one type with equal fields are the same question. Its
// answer is found with requests, and with the answers to other questions; they must not ask each other in a circle.
type question[T any] interface {
	comparable
	find(context.Context, *collector) T
}

// A flight is all reading that is under way. Each question is asked once, however many ask it, and each request starts
// as soon as what it needs is known, and in no other order.
type flight struct {
	slots chan struct{} // one for each request under way
	group sync.WaitGroup

	mu    sync.Mutex
	asked map[any]any // an *answer[T] by the question[T]
}

func newFlight() *flight {
	return &flight{slots: make(chan struct{}, parallel), asked: map[any]any{}}
}

// An answer is there once its question has been found out.
type answer[T any] struct {
	done  chan struct{}
	value T
}

// wait returns the answer when it is there.
func (a *answer[T]) wait() T {
	<-a.done
	return a.value
}

// begin asks a question in the background, unless it was asked before.
func begin[Q question[T], T any](ctx context.Context, c *collector, q Q) *answer[T] {
	f := c.flight
	f.mu.Lock()
	defer f.mu.Unlock()
	a, asked := f.asked[q].(*answer[T])
	if !asked {
		a = &answer[T]{done: make(chan struct{})}
		f.asked[q] = a
		f.start(func() {
			defer close(a.done)
			a.value = q.find(ctx, c)
		})
	}
	return a
}

// ask returns the answer to a question.
func ask[Q question[T], T any](ctx context.Context, c *collector, q Q) T {
	return begin(ctx, c, q).wait()
}

// request makes one request, as soon as not too many others are under way.
func request[T any](c *collector, call func() T) T {
	c.flight.slots <- struct{}{} // its holder releases it when its context ends
	defer func() { <-c.flight.slots }()
	defer c.patience.answered()
	return call()
}

// start does work in the background that is no question: nobody else asks for it.
func (f *flight) start(work func()) { f.group.Go(work) }

// wait waits until nothing is under way.
func (f *flight) wait() { f.group.Wait() }
