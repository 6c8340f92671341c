// Package tally counts what is being read, so that progress can be shown while it is. A reader counts in the tally of
// the context, if it carries one.
package tally

import (
	"context"
	"strconv"
	"strings"
	"sync"
)

// A Tally is what has been read so far, by kind.
type Tally struct {
	mu     sync.Mutex
	counts []*count // in the order of their first mention
}

// A count is how many things of a kind were read, and of how many it is known that they are read.
type count struct {
	kind           string
	read, expected int
}

type key struct{}

// With returns a context that carries a new tally.
func With(ctx context.Context) (context.Context, *Tally) {
	t := &Tally{}
	return context.WithValue(ctx, key{}, t), t
}

// Expect counts things of a kind that are about to be read. The kind is in the plural: pods.
func Expect(ctx context.Context, kind string, n int) {
	add(ctx, kind, func(c *count) { c.expected += n })
}

// Read counts things that were read.
func Read(ctx context.Context, kind string, n int) {
	add(ctx, kind, func(c *count) { c.read += n })
}

func add(ctx context.Context, kind string, change func(*count)) {
	t, ok := ctx.Value(key{}).(*Tally)
	if !ok {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.counts {
		if c.kind == kind {
			change(c)
			return
		}
	}
	c := &count{kind: kind}
	change(c)
	t.counts = append(t.counts, c)
}

// String returns what has been read, empty if nothing was: "read 120 pods, 320 of 1,000 roles".
func (t *Tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var parts []string
	for _, c := range t.counts {
		switch {
		case c.read == 0:
		case c.expected > c.read:
			parts = append(parts, digits(c.read)+" of "+digits(c.expected)+" "+c.kind)
		default:
			parts = append(parts, digits(c.read)+" "+named(c.kind, c.read))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "read " + strings.Join(parts, ", ")
}

// named is the name of one thing, or of several.
func named(kind string, n int) string {
	if n != 1 {
		return kind
	}
	if stem, ok := strings.CutSuffix(kind, "ies"); ok {
		return stem + "y"
	}
	return strings.TrimSuffix(kind, "s")
}

// digits writes a number with a comma between its thousands.
func digits(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
