package render

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// A Gate says what fails a pipeline beside what is broken, which always does.
type Gate struct {
	Risk    bool // findings of the class risk
	Unknown bool // what is undetermined
}

// Fails reports whether a report does not pass the gate.
func (g Gate) Fails(r *judge.Report) bool {
	return r.Verdict == judge.Broken || g.Unknown && r.Verdict == judge.Undetermined || g.Risk && hasRisk(r)
}

func hasRisk(r *judge.Report) bool {
	return slices.ContainsFunc(r.Findings, func(f judge.Finding) bool { return f.Class == check.Risk })
}
