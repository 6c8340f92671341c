// Package fact holds answers that know whether there is one: what was read, what is known not to exist, and what
// could not be looked at, with the reason. The value of a [Fact] cannot be had without asking.
package fact

import "cmp"

// GapOf is a fact's gap, also where what the fact is derived from does not exist.
func GapOf[T any](f Fact[T]) Gap {
	if g, ok := f.Gap(); ok {
		return g
	}
	return Gap{What: f.Source(), Reason: "it does not exist"}
}

// A State says what is known about a fact.
type State int

// The four states of a fact. The zero value is: nobody asked.
const (
	StateUnasked State = iota
	StateKnown
	StateAbsent
	StateUnreadable
)

// A Fact is an answer together with the question whether there is one: known, absent (which is
// knowledge too), unreadable (with the reason) or unasked.
type Fact[T any] struct {
	value  T
	state  State
	source string
	reason string
}

// Known is a fact that was read; source says how ("get serviceaccounts/web").
func Known[T any](value T, source string) Fact[T] {
	return Fact[T]{value: value, state: StateKnown, source: source}
}

// Absent is the knowledge that the thing does not exist.
func Absent[T any](source string) Fact[T] { return Fact[T]{state: StateAbsent, source: source} }

// Unreadable is a fact that was asked for and refused, or that could not be fetched.
func Unreadable[T any](source, reason string) Fact[T] {
	return Fact[T]{state: StateUnreadable, source: source, reason: reason}
}

// Unasked is a fact that nobody asked for; reason says why, and may be empty.
func Unasked[T any](source, reason string) Fact[T] {
	return Fact[T]{state: StateUnasked, source: source, reason: reason}
}

// Get returns the value and whether it is known.
func (f Fact[T]) Get() (T, bool) { return f.value, f.state == StateKnown }

// State returns the fact's state.
func (f Fact[T]) State() State { return f.state }

// Known reports whether the fact has a value.
func (f Fact[T]) Known() bool { return f.state == StateKnown }

// Absent reports whether it is known that the thing does not exist.
func (f Fact[T]) Absent() bool { return f.state == StateAbsent }

// Source says how the fact was learned, or would be.
func (f Fact[T]) Source() string { return f.source }

// Gap describes why there is no answer; ok is false where there is one.
func (f Fact[T]) Gap() (gap Gap, ok bool) {
	switch f.state {
	case StateUnreadable, StateUnasked:
		return Gap{What: f.source, Reason: cmp.Or(f.reason, "not read")}, true // a file may give none
	default:
		return Gap{}, false
	}
}

// A Gap is something that is unknown: what was (or would have been) read, and why there is no answer.
type Gap struct {
	What   string `json:"what"`
	Reason string `json:"reason"`
}

// Map carries a fact's state over to a value derived from it.
func Map[T, U any](f Fact[T], derive func(T) U) Fact[U] {
	out := Fact[U]{state: f.state, source: f.source, reason: f.reason}
	if f.state == StateKnown {
		out.value = derive(f.value)
	}
	return out
}

// GapsOf returns the fact's gap as a list; none where there is an answer.
func GapsOf[T any](f Fact[T]) []Gap {
	if g, ok := f.Gap(); ok {
		return []Gap{g}
	}
	return nil
}
