// Package change holds the changes of a binding as values: each [Change] can be applied to a
// snapshot (to prove that it helps) and printed as the commands that do it. `explain` proposes changes and
// `bind` carries them out, so that they cannot disagree.
//
// The package does no I/O.
package change

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A Change is one thing that can be done to the cluster or the account.
type Change interface {
	// Summary describes what it does, as an imperative sentence without a full stop.
	Summary() string
	// Commands are the shortest commands that do it, as argument lists. None means that it can only be
	// described.
	Commands() [][]string
	// Apply makes the change in a draft. It returns false where the draft does not hold what decides about
	// the outcome.
	Apply(*snapshot.Draft) bool
	// Diff is one thing that the snapshot holds before and after the change, as two texts; they are the same where there is
	// nothing to show.
	Diff(*snapshot.Snapshot) (name, before, after string)
	// Done reports that it was made, as kubectl prints it: object and verb.
	Done() string
	// Object is what it changes.
	Object() Object
}

// An Object is what a change changes.
type Object struct {
	Kind, Name string // as kubectl prints them: deployment, web
	InAWS      bool   // otherwise it is in the cluster
	ARN        string // of what is in IAM, which may be in another account than the cluster; empty for the rest
}

func (o Object) String() string { return o.Kind + "/" + o.Name }

// Apply carries out a plan on a snapshot's draft; ok is false where a part of it cannot be foreseen.
func Apply(s *snapshot.Snapshot, plan []Change) (changed *snapshot.Snapshot, ok bool) {
	draft := s.Draft()
	for _, c := range plan {
		if !c.Apply(draft) {
			return nil, false
		}
	}
	return draft.Snapshot(), true
}

// A renewal is a change that recreates a pod.
type renewal interface{ renews() PodRef }

// Order returns the changes of several plans as one: those that recreate a pod come last, so that the new one
// sees all the others, and a pod that another change recreates is not restarted as well.
func Order(plans ...[]Change) []Change {
	var first, last []Change
	for _, c := range slices.Concat(plans...) {
		if _, ok := c.(renewal); ok {
			last = append(last, c)
		} else {
			first = append(first, c)
		}
	}
	for i, c := range last {
		if _, plain := c.(Recreate); !plain || !renewedBy(last[:i], last[i+1:], c.(renewal).renews()) {
			first = append(first, c)
		}
	}
	return first
}

// renewedBy reports whether a pod is recreated anyway: restarted before, or changed before or after.
func renewedBy(before, after []Change, pod PodRef) bool {
	same := func(c Change) bool {
		of := c.(renewal).renews()
		return of.Namespace == pod.Namespace && of.Name == pod.Name
	}
	changes := func(c Change) bool {
		_, plain := c.(Recreate)
		return !plain && same(c)
	}
	return slices.ContainsFunc(before, same) || slices.ContainsFunc(after, changes)
}

// Summary describes what a plan does in one line.
func Summary(plan []Change) string {
	var parts []string
	for _, c := range plan {
		if s := c.Summary(); !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", then ")
}

func kubectl(namespace string, args ...string) []string {
	argv := append([]string{"kubectl"}, args...)
	if namespace != "" {
		argv = append(argv, "-n", namespace)
	}
	return argv
}
