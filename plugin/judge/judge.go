package judge

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A row is a check with what it answered.
type row struct {
	check   *check.Check
	outcome check.Outcome
	// after are the codes that hide it: what it finds shows when their fixes are applied.
	after []string
}

// Judge runs all checks on a pod and makes the report. The pod need not exist: a predicted one is what the
// webhook would make of a manifest.
func Judge(s *snapshot.Snapshot, pod *corev1.Pod, predicted bool, o Options) *Report {
	subject := subject.New(s, pod, predicted, o.Options)
	rows := run(subject)
	report := newReport(subject, rows)
	report.Provenance = provenanceOf(s, o.Version)
	if o.NoFixes {
		return report
	}
	if behind := lookBehind(subject, rows); len(behind) > 0 {
		rows = slices.Concat(rows, behind)
		report.Findings = findings(rows)
	}
	for i := range report.Findings {
		for _, r := range rows {
			if r.outcome.Result == check.Fail && r.check.Code == report.Findings[i].Code {
				report.Findings[i].Fix = fixOf(subject, rows, r, o)
			}
		}
	}
	report.FixedRole = boundRole(subject, rows)
	return report
}

// unexplained judges a pod: what was found and what is unknown, and nothing of how to fix it.
func unexplained(s *snapshot.Snapshot, pod *corev1.Pod, o Options) *Report {
	subject := subject.New(s, pod, false, o.Options)
	return newReport(subject, run(subject))
}

func run(s *subject.Subject) []row {
	checks := check.All()
	rows := make([]row, len(checks))
	for i := range checks {
		rows[i] = row{check: &checks[i], outcome: checks[i].Run(s)}
	}
	return rows
}

func newReport(s *subject.Subject, rows []row) *Report {
	r := &Report{
		APIVersion: snapshot.APIVersion, Kind: "Report",
		Target:         workload.Target{Kind: "Pod", Namespace: s.Pod.Namespace, Name: s.Pod.Name},
		ServiceAccount: s.AccountName,
		Containers:     []ContainerReport{}, Findings: findings(rows), Unknown: []fact.Gap{},
		Chain: chain(s, rows), Checks: make([]CheckedOutcome, 0, len(rows)),
	}
	decides := deciderOf(rows)
	for _, c := range s.Containers {
		container := containerReport(s, c, decides)
		if c.Type != inject.Ephemeral {
			r.Verdict = r.Verdict.Worse(container.Verdict)
		}
		r.Containers = append(r.Containers, container)
	}
	if r.Verdict == "" {
		r.Verdict = NotConfigured
	}
	if s.Ended() {
		r.Ended = string(s.Pod.Status.Phase)
	}
	if refusal, refused := s.Refused(); refused {
		r.Pods = &PodCount{ByVerdict: map[Verdict]int{}, Refused: refusal.Message}
	}
	r.Expected = r.expectation(s.Options.ExpectRole)
	for _, row := range rows {
		r.Checks = append(r.Checks, CheckedOutcome{Code: row.check.Code, Result: row.outcome.Result, Why: skipReason(row.outcome), Gaps: row.outcome.Gaps})
		if row.outcome.Result == check.Unknown {
			r.Unknown = addGaps(r.Unknown, row.outcome.Gaps)
			if row.check.Class == check.Breaks {
				r.Deciding = addGaps(r.Deciding, row.outcome.Gaps)
			}
		}
	}
	for _, c := range s.Containers {
		if c.Provider == sdk.Uncertain {
			r.Unknown, r.Deciding = addGaps(r.Unknown, c.Gaps), addGaps(r.Deciding, c.Gaps)
		}
	}
	return r
}

func skipReason(o check.Outcome) string {
	if o.Result == check.Skip || o.Result == check.Unknown {
		return o.Why
	}
	return ""
}

// findings are the rows that failed: by what they mean for the pod, then by their place in the chain, because an
// earlier link that fails hides the later ones.
func findings(rows []row) []Finding {
	var failed []row
	for _, r := range rows {
		if r.outcome.Result == check.Fail {
			failed = append(failed, r)
		}
	}
	slices.SortStableFunc(failed, func(a, b row) int {
		return cmp.Or(
			cmp.Compare(classRank(a.check.Class), classRank(b.check.Class)),
			cmp.Compare(slices.Index(check.Links, a.check.Link), slices.Index(check.Links, b.check.Link)),
		)
	})
	list := make([]Finding, len(failed))
	for i, r := range failed {
		list[i] = finding(r)
	}
	return list
}

func classRank(c check.Class) int {
	return slices.Index([]check.Class{check.Breaks, check.Risk, check.Note}, c)
}

// addGaps adds those gaps to a list that it does not have.
func addGaps(list, gaps []fact.Gap) []fact.Gap {
	for _, g := range gaps {
		if !slices.Contains(list, g) {
			list = append(list, g)
		}
	}
	return list
}

func finding(r row) Finding {
	return Finding{
		Code: r.check.Code, Class: r.check.Class, Result: check.Fail, Title: r.check.Title,
		After: r.after, Containers: r.outcome.Containers, Where: r.outcome.Where, Have: r.outcome.Have, Need: r.outcome.Need,
		Why: r.outcome.Why, Evidence: r.outcome.Evidence,
	}
}
