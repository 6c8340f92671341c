package judge

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
)

// RestsOn reports whether a verdict, or whether it is the expected role, can be another where something is known that is unknown
// for the reason.
func (r *Report) RestsOn(reason string) bool {
	because := func(g fact.Gap) bool { return strings.Contains(g.Reason, reason) }
	if r.Expected != nil && r.Expected.Result == AssertedUnknown && slices.ContainsFunc(r.Unknown, because) {
		return true
	}
	return slices.ContainsFunc(r.Deciding, because) || slices.ContainsFunc(r.decidingPods, because)
}
