// Package settle decides when a change of a document can be relied on whose store has no compare-and-swap and answers reads with
// old versions for a while, as IAM does with trust policies
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency). It is the
// decision alone: it is given what was read and when, and answers what to do next.
//
// How long answers are old is unknown, so it is observed: the staleness is the age, since a write was sent, of the last answer
// without it. A rival that read just before the write showed may write for another Window, and that write is hidden for another
// staleness. So a write is watched for more than twice the staleness and the Window after it was made. Until then a loss shows,
// and the edit is made again on what is there. Rivals who do the same take turns: the last of those who write at once wins, the
// others see the loss at the same time, wait until the answers agree, and write again at random moments that lie the further
// apart the more often they lost.
package settle

import (
	"slices"
	"time"
)

// Window is how long reading a document and writing an edit of it may take together. A later write would overwrite what others
// have changed since.
const Window = 2 * time.Second

const (
	// quiet is how long a written document is watched where no answer was old: longer than the window, so that a rival that read
	// the document before it was written has written too, and the loss shows.
	quiet = Window + 250*time.Millisecond
	// firstReads is how many answers must agree before the first write.
	firstReads = 3
	// lostReads and lostTime are how many answers must agree for how long before an edit that is not in them is made again.
	lostReads, lostTime = 4, 300 * time.Millisecond
	// swingReads and swingTime are the same where answers swing between versions: if each of them is old with probability 1/2,
	// twelve agree by chance once in 2,000 times.
	swingReads, swingTime = 12, time.Second
	// steadyReads and steadyTime are for a document that is not written.
	steadyReads, steadyTime = 6, 800 * time.Millisecond
	// settledReads is how many answers in a row must show a write.
	settledReads = 8
	// turn is the time within which those who lost once write again; it doubles with each loss, mostTurns times.
	turn, mostTurns = 200 * time.Millisecond, 3
	// patience is how many times longer a write may take to settle while others write.
	patience = 10
)

// A Step is what to do next.
type Step int

// The steps.
const (
	Look      Step = iota // read again, after the pause
	Write                 // write an edit of the document that was just read
	Settled               // the change can be relied on
	Unshown               // it was written, and does not show in time
	Contended             // others keep changing the document
)

// A Watch is one change of one document, from the first read until it is settled.
type Watch struct {
	limit  time.Duration
	random func(limit time.Duration) time.Duration

	run      Run
	began    time.Time
	there    int             // answers in a row that have the edit
	writes   []write         // the last one, and those before it that may still show for the first time
	answered time.Time       // when the last write was
	accepted bool            // the last write had an answer
	old      map[string]bool // documents without the edit from before the last write
	lacking  time.Time       // the last answer without the edit since the last write
	shown    bool            // the last write was in an answer
	stale    time.Duration   // the longest time that an answer was old
	gap      time.Duration   // the longest time between changes that showed within one staleness
	due      time.Time       // when a lost edit is made again; zero if that is not decided
	losses   int             // accepted writes that were overwritten
	foreign  bool            // somebody else writes
}

type write struct {
	document string
	sent     time.Time
}

// New returns a watch that gives up after the limit, or later while others write. random returns a duration up to a limit.
func New(limit time.Duration, random func(limit time.Duration) time.Duration) *Watch {
	return &Watch{limit: limit, random: random, old: map[string]bool{}}
}

// Wrote notes a write. One that was not accepted had no answer, and may not have been made.
func (w *Watch) Wrote(document string, sent, answered time.Time, accepted bool) {
	if w.accepted {
		w.losses++
	}
	if w.shown {
		w.writes = nil
	}
	w.writes = append(w.writes, write{document, sent})
	for document := range w.run.before {
		w.old[document] = true
	}
	w.old[w.run.document] = true
	w.answered, w.accepted = answered, accepted
	w.shown, w.there, w.lacking, w.due = false, 0, time.Time{}, time.Time{}
}

// Written reports whether a write was sent.
func (w *Watch) Written() bool { return len(w.writes) > 0 }

// Accepted reports whether the last write had an answer.
func (w *Watch) Accepted() bool { return w.accepted }

// sent is when the last write was sent.
func (w *Watch) sent() time.Time { return w.writes[len(w.writes)-1].sent }

// Contended reports whether somebody else writes too.
func (w *Watch) Contended() bool { return w.foreign || w.losses > 0 }

// Saw takes an answer, which has the edit or not, and says what to do.
func (w *Watch) Saw(now time.Time, document string, has bool) Step {
	if w.began.IsZero() {
		w.began = now
	}
	turned := w.run.turned
	if w.run.saw(now, document) {
		w.due = time.Time{}
		if gap := now.Sub(turned); !turned.IsZero() && gap < w.stale*9/10 {
			w.gap = max(w.gap, gap)
		}
	}
	step := w.lacks
	if has {
		step = w.has
	}
	if next := step(now, document); next != Look {
		return next
	}
	last := w.began
	if w.Written() {
		last = w.sent()
	}
	switch {
	case w.Contended() && now.Sub(w.began) > patience*w.limit:
		return Contended
	case !w.Contended() && now.Sub(last) > w.limit:
		return Unshown
	}
	return Look
}

// has is about an answer with the edit.
func (w *Watch) has(now time.Time, document string) Step {
	w.there++
	w.due = time.Time{}
	if !w.Written() {
		if since := w.lacking; !since.IsZero() {
			return w.settled(now, since, quiet+since.Sub(w.began)*7/5, settledReads)
		}
		return w.settled(now, w.began, steadyTime, steadyReads)
	}
	w.shown = true
	since, sent := w.answered, w.shows(document)
	if !w.lacking.IsZero() {
		w.stale = max(w.stale, w.lacking.Sub(sent))
		since = w.lacking
	}
	return w.settled(now, since, quiet+w.stale*7/5, settledReads)
}

// shows returns when the write was sent that a document with the edit shows. An edit that was taken for lost may show only after it was
// made again; somebody who has built on it may hide which one it is, and then it is taken to be the oldest.
func (w *Watch) shows(document string) time.Time {
	i := max(0, slices.IndexFunc(w.writes, func(one write) bool { return one.document == document }))
	sent := w.writes[i].sent
	if i == len(w.writes)-1 {
		w.writes = w.writes[i:]
	}
	return sent
}

func (w *Watch) settled(now, since time.Time, lasting time.Duration, reads int) Step {
	if w.there >= reads && now.Sub(since) >= lasting {
		return Settled
	}
	return Look
}

// lacks is about an answer without the edit: before it is written, an old one, or that of somebody who has overwritten it.
func (w *Watch) lacks(now time.Time, document string) Step {
	w.there = 0
	w.lacking = now
	reads, lasting := lostReads, lostTime
	switch {
	case !w.Written():
		reads, lasting = firstReads, 0
		w.foreign = w.foreign || !w.run.turned.IsZero()
	case w.accepted && w.old[document]:
		w.stale = max(w.stale, now.Sub(w.sent()))
		if !w.shown {
			return Look // as it was before
		}
	case !w.old[document]:
		w.foreign = true
	}
	if w.run.swings {
		reads, lasting = swingReads, swingTime
	}
	if !w.run.agrees(now, reads, lasting+w.gap*3/2) {
		return Look
	}
	if w.due.IsZero() {
		w.due = now
		if w.Written() {
			w.due = now.Add(w.random(turn<<min(w.losses, mostTurns) + w.stale/10))
		}
	}
	if now.Before(w.due) {
		return Look
	}
	return Write
}

// Pause is how long to wait before the next look.
func (w *Watch) Pause(now time.Time) time.Duration {
	const least, most = 60 * time.Millisecond, 300 * time.Millisecond
	switch {
	case !w.due.IsZero():
		return min(max(w.due.Sub(now), least/4), 100*time.Millisecond)
	case !w.Written() && w.run.reads < firstReads:
		return least
	case !w.Written():
		return 100 * time.Millisecond
	}
	return min(max(now.Sub(w.answered)/2, least), max(200*time.Millisecond, min(now.Sub(w.sent())/20, most)))
}
