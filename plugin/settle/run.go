package settle

import "time"

// A Run is how long, and how often in a row, a document was read the same. Where answers may be old ones, a single answer says
// nothing: only a run of them does.
type Run struct {
	document string
	since    time.Time
	reads    int
	before   map[string]bool // documents of former runs
	turned   time.Time       // when the last run began that was not the first
	swings   bool            // a document came back: some answers are old ones
}

// saw takes an answer, and reports whether it differs from the one before.
func (r *Run) saw(now time.Time, document string) (changed bool) {
	if r.reads > 0 && document == r.document {
		r.reads++
		return false
	}
	if changed = r.reads > 0; changed {
		if r.before == nil {
			r.before = map[string]bool{}
		}
		r.before[r.document] = true
		r.swings = r.swings || r.before[document]
		r.turned = now
	}
	r.document, r.since, r.reads = document, now, 1
	return changed
}

// Between is how long to wait between answers that must agree.
const Between = 150 * time.Millisecond

// Steady takes an answer, and reports whether they have been the same for long enough to plan on them without writing: some
// reads, and more where they have differed before.
func (r *Run) Steady(now time.Time, document string) bool {
	r.saw(now, document)
	if r.turned.IsZero() {
		return r.agrees(now, steadyReads, steadyTime)
	}
	return r.agrees(now, swingReads, quiet)
}

func (r *Run) agrees(now time.Time, reads int, lasting time.Duration) bool {
	return r.reads >= reads && now.Sub(r.since) >= lasting
}
