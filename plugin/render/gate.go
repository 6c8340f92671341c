package render

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
)

// A Gate says what fails a pipeline beside what is broken, which always does.
type Gate struct {
	Risk    bool // findings of the class risk
	Unknown bool // what is undetermined
}

// Fails reports whether a report does not pass the gate.
func (g Gate) Fails(r *check.Report) bool {
	return r.Verdict == check.Broken || g.Unknown && r.Verdict == check.Undetermined || g.Risk && hasRisk(r)
}

func hasRisk(r *check.Report) bool {
	return slices.ContainsFunc(r.Findings, func(f check.Finding) bool { return f.Class == check.Risk })
}
