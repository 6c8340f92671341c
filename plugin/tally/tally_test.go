package tally_test

import (
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/tally"
)

// TestTally holds what is shown of what was read.
func TestTally(t *testing.T) {
	ctx, counted := tally.With(t.Context())
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, ""},
		{func() { tally.Expect(ctx, "roles", 3) }, ""},
		{func() { tally.Expect(ctx, "pods", 2400) }, ""},
		{func() { tally.Read(ctx, "pods", 500) }, "read 500 of 2,400 pods"},
		{func() { tally.Read(ctx, "roles", 1) }, "read 1 of 3 roles, 500 of 2,400 pods"},
		{func() { tally.Read(ctx, "pods", 500) }, "read 1 of 3 roles, 1,000 of 2,400 pods"},
		{func() { tally.Read(ctx, "roles", 2) }, "read 3 roles, 1,000 of 2,400 pods"},
		{func() { tally.Read(ctx, "pods", 1400) }, "read 3 roles, 2,400 pods"},
		{func() { tally.Read(ctx, "networkpolicies", 1) }, "read 3 roles, 2,400 pods, 1 networkpolicy"},
		{func() { tally.Read(ctx, "nodes", 1) }, "read 3 roles, 2,400 pods, 1 networkpolicy, 1 node"},
		{func() { tally.Read(ctx, "events", 0) }, "read 3 roles, 2,400 pods, 1 networkpolicy, 1 node"},
		{func() { tally.Read(t.Context(), "pods", 7) }, "read 3 roles, 2,400 pods, 1 networkpolicy, 1 node"},
		{func() { tally.Read(ctx, "nodes", 1234566) }, "read 3 roles, 2,400 pods, 1 networkpolicy, 1,234,567 nodes"},
	} {
		if step.do(); counted.String() != step.want {
			t.Errorf("%q, want %q", counted.String(), step.want)
		}
	}
}
