package judge

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// fixOf proves a finding's plan by applying it to the snapshot and judging again. Where something else breaks the
// pod too, the plans of those findings are applied with it.
func fixOf(s *subject.Subject, rows []row, r row, o Options) *Fix {
	plan, at := r.outcome.Fix, o.At.In(s.Snapshot)
	if len(plan) == 0 {
		if r.outcome.Advice == "" {
			return nil
		}
		fix := &Fix{}
		fix.Summary, fix.Look = withLook(r.outcome.Advice, r.outcome.Look, at)
		return fix
	}
	edits, rest := inFiles(o.files, plan)
	fix := &Fix{
		Summary: summary(s.Snapshot, plan), Edits: edits, Commands: at.Shell(rest),
		Then: at.Then(rest), RestsOn: change.RestsOn(s.Snapshot, plan), Probe: at.Probe(plan),
		Policies: at.PolicyFiles(s.Snapshot, rest), Diffs: policyDiffs(s.Snapshot, rest),
	}
	switch look := r.outcome.Look; {
	case r.outcome.Rather != "":
		var rather string
		rather, fix.Look = withLook(r.outcome.Rather, look, at)
		fix.Summary = rather + "; or " + fix.Summary
	case len(look) > 0:
		var advice string
		advice, fix.Look = withLook(r.outcome.Advice, look, at)
		fix.Summary += " (" + advice + ")"
	}
	if r.check.Class != check.Breaks {
		fix.Proved = fix.Then == "" && gone(s, rows, r)
		return fix
	}
	if fix.Then != "" {
		return fix // what is printed is not all that it takes
	}
	if fix.Proved = proved(s, plan); !fix.Proved {
		others := companions(s, rows, r, o.files, at)
		for _, other := range others {
			fix.With = append(fix.With, string(other.check.Code))
			fix.RestsOn = subject.AppendNew(fix.RestsOn, change.RestsOn(s.Snapshot, other.outcome.Fix))
			fix.Probe = cmp.Or(fix.Probe, at.Probe(other.outcome.Fix))
		}
		fix.Proved = len(others) > 0
	}
	return fix
}

// policyDiffs are what a plan changes of policies.
func policyDiffs(s *snapshot.Snapshot, plan []change.Change) []Diff {
	var diffs []Diff
	for _, c := range plan {
		if before, after, ok := change.PolicyDiff(s, c); ok {
			diffs = append(diffs, Diff{before, after})
		}
	}
	return diffs
}

// withLook is a sentence with the command that shows what it is about, and that command.
func withLook(sentence string, look []string, at change.Coordinates) (text, line string) {
	if len(look) == 0 {
		return sentence, ""
	}
	line, _ = at.Line(look) // what cannot be printed is escaped with the rest of the sentence
	if strings.Contains(sentence, check.Here) {
		return strings.Replace(sentence, check.Here, line, 1), line
	}
	return sentence + ": " + line, line
}

// summary says what a plan does, and whose AWS credentials its commands need.
func summary(s *snapshot.Snapshot, plan []change.Change) string {
	text := change.Summary(plan)
	if whose := change.Credentials(s, plan...); whose != "" {
		return text + " (" + whose + ")"
	}
	return text
}

// gone reports whether the plan of a risk or a note removes the finding and makes nothing worse.
func gone(s *subject.Subject, rows []row, r row) bool {
	before, after := newReport(s, rows).Verdict, judged(s, r.outcome.Fix)
	return after != nil && (after.Verdict == before || after.Verdict == Works) &&
		!slices.ContainsFunc(after.Findings, func(f Finding) bool { return f.Code == r.check.Code })
}

// companions are the other findings that must be fixed with this one for the pod to work; none where that is not enough
// either.
func companions(s *subject.Subject, rows []row, r row, files *manifest.Manifests, at change.Coordinates) []row {
	others := slices.Clone(rows)
	others = slices.DeleteFunc(others, func(o row) bool {
		return o.check.Code == r.check.Code || o.check.Class != check.Breaks || o.outcome.Result != check.Fail || len(o.outcome.Fix) == 0 || incomplete(files, at, o.outcome.Fix)
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
	return others
}

func proved(s *subject.Subject, plan []change.Change) bool {
	after := judged(s, plan)
	return after != nil && after.Verdict == Works
}

// longestPlan is how many changes a plan may have to be tried out: each may recreate a whole pod, and a pod may have
// thousands of containers.
const longestPlan = 100

// judged is the report after a plan; nil where a part of the plan cannot be foreseen.
func judged(s *subject.Subject, plan []change.Change) *Report {
	after, ok := planned(s, plan)
	if !ok {
		return nil
	}
	return newReport(after, run(after))
}

// planned is the pod after a plan; ok is false where a part of the plan cannot be foreseen.
func planned(s *subject.Subject, plan []change.Change) (after *subject.Subject, ok bool) {
	if len(plan) > longestPlan {
		return nil, false
	}
	changed, ok := change.Apply(s.Snapshot, plan)
	if !ok {
		return nil, false
	}
	pod, ok := changed.Pod(s.Pod.Namespace, s.Pod.Name).Get()
	if !ok {
		return nil, false
	}
	return subject.New(changed, pod, s.Predicted, s.Options), true
}
