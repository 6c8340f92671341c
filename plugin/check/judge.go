package check

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A row is a check with what it answered.
type row struct {
	check   *Check
	outcome Outcome
}

// Judge runs all checks on a pod and makes the report. The pod need not exist: a predicted one is what the
// webhook would make of a manifest.
func Judge(s *snapshot.Snapshot, pod *corev1.Pod, predicted bool, o Options) *Report {
	subject := NewSubject(s, pod, predicted, o.SubjectOptions)
	rows := run(subject)
	report := newReport(subject, rows)
	if o.NoFixes {
		return report
	}
	for i := range report.Findings {
		for _, r := range rows {
			if r.check.Code == report.Findings[i].Code {
				report.Findings[i].Fix = fixOf(subject, rows, r)
			}
		}
	}
	return report
}

// VerdictOf judges a pod without explaining it.
func VerdictOf(s *snapshot.Snapshot, pod *corev1.Pod, o Options) Verdict {
	subject := NewSubject(s, pod, false, o.SubjectOptions)
	return newReport(subject, run(subject)).Verdict
}

func run(s *Subject) []row {
	checks := All()
	rows := make([]row, len(checks))
	for i := range checks {
		rows[i] = row{&checks[i], checks[i].Run(s)}
	}
	return rows
}

func newReport(s *Subject, rows []row) *Report {
	r := &Report{
		APIVersion: snapshot.APIVersion, Kind: "Report",
		Target:         workload.Target{Kind: "Pod", Namespace: s.Pod.Namespace, Name: s.Pod.Name},
		ServiceAccount: s.AccountName,
		Containers:     []ContainerReport{}, Findings: findings(rows), Unknown: []fact.Gap{},
		Chain: chain(s, rows), Checks: make([]CheckedOutcome, 0, len(rows)),
	}
	decides := deciderOf(rows)
	for _, c := range s.Containers {
		container := s.containerReport(c, decides)
		if c.Type != inject.Ephemeral {
			r.Verdict = r.Verdict.Worse(container.Verdict)
		}
		r.Containers = append(r.Containers, container)
	}
	if r.Verdict == "" {
		r.Verdict = NotConfigured
	}
	r.Expected = r.expectation(s.Options.ExpectRole)
	for _, row := range rows {
		r.Checks = append(r.Checks, CheckedOutcome{Code: row.check.Code, Result: row.outcome.Result, Why: skipReason(row.outcome), Gaps: row.outcome.Gaps})
		if row.outcome.Result == Unknown {
			r.addGaps(row.outcome.Gaps...)
		}
	}
	for _, c := range s.Containers {
		if c.Provider == sdk.Uncertain {
			r.addGaps(c.Gaps...)
		}
	}
	return r
}

func skipReason(o Outcome) string {
	if o.Result == Skip || o.Result == Unknown {
		return o.Why
	}
	return ""
}

// findings are the rows that failed: by what they mean for the pod, then by their place in the chain, because an
// earlier link that fails hides the later ones.
func findings(rows []row) []Finding {
	var failed []row
	for _, r := range rows {
		if r.outcome.Result == Fail {
			failed = append(failed, r)
		}
	}
	slices.SortStableFunc(failed, func(a, b row) int {
		return cmp.Or(
			cmp.Compare(classRank(a.check.Class), classRank(b.check.Class)),
			cmp.Compare(slices.Index(Links, a.check.Link), slices.Index(Links, b.check.Link)),
		)
	})
	list := make([]Finding, len(failed))
	for i, r := range failed {
		list[i] = finding(r)
	}
	return list
}

func classRank(c Class) int { return slices.Index([]Class{Breaks, Risk, Note}, c) }

func (r *Report) addGaps(gaps ...fact.Gap) {
	for _, g := range gaps {
		if !slices.Contains(r.Unknown, g) {
			r.Unknown = append(r.Unknown, g)
		}
	}
}

func finding(r row) Finding {
	return Finding{
		Code: r.check.Code, Class: r.check.Class, Result: Fail, Title: r.check.Title,
		Containers: r.outcome.Containers, Where: r.outcome.Where, Have: r.outcome.Have, Need: r.outcome.Need,
		Why: r.outcome.Why, Evidence: r.outcome.Evidence,
	}
}

// A decider is what the rows say that decides verdicts: about all containers, or about some.
type decider struct {
	broken, open map[string]bool // the empty name stands for all containers
}

// deciderOf sorts the rows once, since a pod may have very many containers.
func deciderOf(rows []row) decider {
	d := decider{map[string]bool{}, map[string]bool{}}
	for _, r := range rows {
		says := d.open
		switch {
		case r.check.Class == Breaks && r.outcome.Result == Fail:
			says = d.broken
		case r.check.Class == Breaks && r.outcome.Result == Unknown, r.check.Gap && r.outcome.Result == Fail:
		default:
			continue
		}
		if len(r.outcome.Containers) == 0 {
			says[""] = true
		}
		for _, name := range r.outcome.Containers {
			says[name] = true
		}
	}
	return d
}

// verdict judges one container: a break outweighs every gap, a gap forbids "works", and "works" has to be
// earned by the provider being the wanted one.
func (s *Subject) verdict(c *Container, d decider) Verdict {
	counts := c.Type != inject.Ephemeral
	open := counts && (d.open[""] || d.open[c.Name])
	if counts && (d.broken[""] || d.broken[c.Name]) {
		return Broken
	}
	switch {
	case open:
		return Undetermined
	case c.Wants == inject.None:
		return NotConfigured
	case wanted(c.Wants) == c.Provider:
		return Works
	default:
		return Undetermined
	}
}

func wanted(m inject.Mechanism) sdk.Provider {
	switch m {
	case inject.WebIdentity:
		return sdk.WebIdentity
	case inject.PodIdentity:
		return sdk.PodIdentity
	case FromNode:
		return sdk.IMDS
	default: // it is not known whether anything asks for a role
		return ""
	}
}

// fixOf proves a finding's plan by applying it to the snapshot and judging again. Where something else breaks the
// pod too, the plans of those findings are applied with it.
func fixOf(s *Subject, rows []row, r row) *Fix {
	plan := r.outcome.Fix
	if len(plan) == 0 {
		if r.outcome.Advice == "" {
			return nil
		}
		return &Fix{Summary: r.outcome.Advice}
	}
	fix := &Fix{Summary: change.Summary(plan), Commands: change.Shell(plan)}
	if r.check.Class != Breaks {
		fix.Proved = gone(s, rows, r)
		return fix
	}
	if fix.Proved = proved(s, plan); !fix.Proved {
		fix.With = companions(s, rows, r)
		fix.Proved = len(fix.With) > 0
	}
	return fix
}

// gone reports whether the plan of a risk or a note takes the finding away and makes nothing worse.
func gone(s *Subject, rows []row, r row) bool {
	before, after := newReport(s, rows).Verdict, judged(s, r.outcome.Fix)
	return after != nil && (after.Verdict == before || after.Verdict == Works) &&
		!slices.ContainsFunc(after.Findings, func(f Finding) bool { return f.Code == r.check.Code })
}

// companions are the codes of the other findings that have to be mended with this one for the pod to work; none
// where that is not enough either.
func companions(s *Subject, rows []row, r row) []string {
	others := slices.Clone(rows)
	others = slices.DeleteFunc(others, func(o row) bool {
		return o.check.Code == r.check.Code || o.check.Class != Breaks || o.outcome.Result != Fail || len(o.outcome.Fix) == 0
	})
	works := func(with []row) bool {
		plans := [][]change.Change{r.outcome.Fix}
		for _, o := range with {
			plans = append(plans, o.outcome.Fix)
		}
		return proved(s, change.Order(plans...))
	}
	if len(others) == 0 || !works(others) {
		return nil
	}
	for i := 0; i < len(others) && len(others) > 1; {
		without := slices.Delete(slices.Clone(others), i, i+1)
		if works(without) {
			others = without
			continue
		}
		i++
	}
	codes := make([]string, len(others))
	for i, o := range others {
		codes[i] = string(o.check.Code)
	}
	return codes
}

func proved(s *Subject, plan []change.Change) bool {
	after := judged(s, plan)
	return after != nil && after.Verdict == Works
}

// longestPlan is how many changes a plan may have to be tried out: each may make a whole pod anew, and a pod may have
// thousands of containers.
const longestPlan = 100

// judged is the report after a plan; nil where a part of the plan cannot be foreseen.
func judged(s *Subject, plan []change.Change) *Report {
	if len(plan) > longestPlan {
		return nil
	}
	after, ok := change.Apply(s.Snapshot, plan)
	if !ok {
		return nil
	}
	pod, ok := after.Pod(s.Pod.Namespace, s.Pod.Name).Get()
	if !ok {
		return nil
	}
	subject := NewSubject(after, pod, s.Predicted, s.Options)
	return newReport(subject, run(subject))
}
