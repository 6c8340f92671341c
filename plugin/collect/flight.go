package collect

import (
	"context"
	"sync"
)

// parallel is how many requests are under way at most.
const parallel = 16

// An engine asks each question once, however many ask it. A question may ask others; so each request starts as soon
// as what it needs is known, and in no other order.
type engine struct {
	slots chan struct{}
	group sync.WaitGroup

	mu    sync.Mutex
	asked map[string]*answer
}

type answer struct {
	done  chan struct{}
	value any
}

func newEngine() *engine {
	return &engine{slots: make(chan struct{}, parallel), asked: map[string]*answer{}}
}

// begin starts a piece of work in the background, unless one of that name was started.
func (e *engine) begin(name string, work func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.asked["begin "+name]; ok {
		return
	}
	e.asked["begin "+name] = nil
	e.group.Go(work)
}

// wait waits until nothing is under way.
func (e *engine) wait() { e.group.Wait() }

// once returns the answer to a question: the first to ask it finds it out, and all others wait for that. Questions
// must not ask each other in a circle.
func once[T any](e *engine, question string, find func() T) T {
	e.mu.Lock()
	a, ok := e.asked[question]
	if !ok {
		a = &answer{done: make(chan struct{})}
		e.asked[question] = a
	}
	e.mu.Unlock()
	if !ok {
		defer close(a.done)
		value := find()
		a.value = value
		return value
	}
	<-a.done
	value, _ := a.value.(T) // what was found; two questions never have the same name
	return value
}

// request makes a request, as soon as not too many others are under way.
func request[T any](ctx context.Context, e *engine, question string, ask func(context.Context) T) T {
	return once(e, question, func() T {
		e.slots <- struct{}{} // whoever holds one lets go when ctx ends
		defer func() { <-e.slots }()
		return ask(ctx)
	})
}
