package aws

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var settleRounds = flag.Int("settle-rounds", 2, "how often TestSettledTogether lets eight writers change one document in each setting")

// A lagging document answers reads, for some time after a write and with that probability, as it was before the oldest write of that
// time: what replicas do that lag behind.
type lagging struct {
	stale       time.Duration
	probability float64

	mu     sync.Mutex
	text   string // names with spaces between them
	writes []version
}

type version struct {
	at     time.Time
	before string
}

// network is the time that a request or an answer takes.
func network() { time.Sleep(5*time.Millisecond + rand.N(40*time.Millisecond)) }

func (l *lagging) read(context.Context) (string, error) {
	network()
	defer network()
	l.mu.Lock()
	defer l.mu.Unlock()
	recent := slices.IndexFunc(l.writes, func(v version) bool { return time.Since(v.at) < l.stale })
	if recent >= 0 && rand.Float64() < l.probability {
		return l.writes[recent].before, nil
	}
	return l.text, nil
}

func (l *lagging) write(_ context.Context, text string, _ time.Time) error {
	network()
	defer network()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writes = append(l.writes, version{time.Now(), l.text})
	l.text = text
	return nil
}

// added and removed are edits of such a document.
func added(name string) func(string) (string, error) {
	return func(text string) (string, error) {
		if names := strings.Fields(text); !slices.Contains(names, name) {
			return strings.Join(append(names, name), " "), nil
		}
		return text, nil
	}
}

func removed(name string) func(string) (string, error) {
	return func(text string) (string, error) {
		if names := strings.Fields(text); slices.Contains(names, name) {
			return strings.Join(slices.DeleteFunc(names, func(n string) bool { return n == name }), " "), nil
		}
		return text, nil
	}
}

// TestSettledTogether lets eight writers change one document, each within some seconds of the others: all end without an error, and
// nothing of what they did is lost.
func TestSettledTogether(t *testing.T) {
	for _, stale := range []time.Duration{0, 2 * time.Second, 5 * time.Second, 10 * time.Second} {
		for _, probability := range []float64{0.5, 1} {
			for _, within := range []time.Duration{300 * time.Millisecond, 6 * time.Second, 20 * time.Second} {
				t.Run(fmt.Sprintf("%s old with probability %v, within %s", stale, probability, within), func(t *testing.T) {
					var took []time.Duration
					for range *settleRounds {
						synctest.Test(t, func(t *testing.T) { took = append(took, together(t, stale, probability, within)) })
					}
					slices.Sort(took)
					t.Logf("median %s, longest %s", took[len(took)/2].Round(time.Second), took[len(took)-1].Round(time.Second))
				})
			}
		}
	}
}

// together is one round. It returns how long that takes.
func together(t *testing.T, stale time.Duration, probability float64, within time.Duration) time.Duration {
	began := time.Now()
	document := &lagging{stale: stale, probability: probability, text: "others gone-1 gone-3 gone-5 gone-7"}
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			time.Sleep(rand.N(within))
			edit := added(fmt.Sprint("new-", i))
			if i%2 == 1 {
				edit = removed(fmt.Sprint("gone-", i))
			}
			writer := &trustEdit{TrustEdit: TrustEdit{Edit: edit, Limit: time.Minute, Progress: func(string) {}}, role: "web", policy: document}
			if err := writer.settle(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	names := strings.Fields(document.text)
	slices.Sort(names)
	if have := strings.Join(names, " "); have != "new-0 new-2 new-4 new-6 others" {
		t.Errorf("at the end there is %s", have)
	}
	return time.Since(began)
}

// TestSettledInTurn lets one writer begin when the one before has ended, which undoes it: nothing is left.
func TestSettledInTurn(t *testing.T) {
	for _, stale := range []time.Duration{0, 2 * time.Second, 5 * time.Second, 10 * time.Second} {
		for _, probability := range []float64{0.5, 1} {
			synctest.Test(t, func(t *testing.T) {
				document := &lagging{stale: stale, probability: probability, text: "others"}
				for i := range 10 * *settleRounds {
					edit, want := added("mine"), "others mine"
					if i%2 == 1 {
						edit, want = removed("mine"), "others"
					}
					writer := &trustEdit{TrustEdit: TrustEdit{Edit: edit, Limit: time.Minute, Progress: func(string) {}}, role: "web", policy: document}
					if err := writer.settle(t.Context()); err != nil || document.text != want {
						t.Errorf("%s old with probability %v: %v, %q, want %q", stale, probability, err, document.text, want)
					}
				}
			})
		}
	}
}
