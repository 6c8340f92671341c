package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// WorstFirst returns reports in the order in which every format shows many.
func WorstFirst(reports []*judge.Report) []*judge.Report {
	return slices.SortedStableFunc(slices.Values(reports), func(a, b *judge.Report) int {
		return cmp.Or(
			a.Verdict.Rank()-b.Verdict.Rank(),
			strings.Compare(provenanceOf(a).Cluster, provenanceOf(b).Cluster),
			strings.Compare(a.Target.Namespace, b.Target.Namespace),
			strings.Compare(a.Target.Kind, b.Target.Kind),
			strings.Compare(a.Target.Name, b.Target.Name))
	})
}
