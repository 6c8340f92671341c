package render

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// expectation writes the role that was expected, and what was found.
func (p *page) expectation(r *judge.Report) {
	if r.Expected == nil {
		return
	}
	p.exact(0, "Expected:", fieldWidth, r.Expected.RoleArn)
	p.wrapped(pad("Found:", fieldWidth), fieldWidth, p.plain(found(r))) // in full, since the two are compared
}

// unmet lists the targets of a table that have not the role that was expected.
func (p *page) unmet(reports []*judge.Report) {
	unmet := slices.DeleteFunc(slices.Clone(reports), func(r *judge.Report) bool {
		return r.Expected == nil || r.Expected.Result == judge.AssertedYes
	})
	if len(unmet) == 0 {
		return
	}
	p.blank()
	p.exact(0, "Expected:", fieldWidth, unmet[0].Expected.RoleArn)
	for i, r := range unmet {
		p.field(0, labelOnce("Found:", i), fieldWidth, subject(r.Target)+": "+found(r))
	}
}

// found says what the containers get instead of the expected role, each outcome once.
func found(r *judge.Report) string {
	switch r.Expected.Result {
	case judge.AssertedYes:
		return "the same role"
	case judge.AssertedNo, judge.AssertedUnknown:
	}
	var outcomes []string
	for _, c := range countedContainers(r) {
		if c.Verdict == judge.NotConfigured && r.Verdict != judge.NotConfigured {
			continue // it asks for no role
		}
		outcome := identityWords(c)
		if c.Verdict == judge.Undetermined && (c.Identity.RoleArn == r.Expected.RoleArn || c.Identity.RoleArn == "") {
			outcome = "unknown"
		}
		if len(countedContainers(r)) > 1 {
			outcome = containerWords(c) + ": " + outcome
		}
		if !slices.Contains(outcomes, outcome) {
			outcomes = append(outcomes, outcome)
		}
	}
	if len(outcomes) == 0 {
		return "no container"
	}
	return strings.Join(outcomes, "; ")
}
