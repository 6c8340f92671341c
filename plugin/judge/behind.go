package judge

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// mostBehind is how many layers of faults are looked through.
const mostBehind = 3

// lookBehind returns the checks that fail when the fixes of what breaks the pod are applied, and that those faults hide: a pod
// without a role shows nothing of the role's trust policy. So all that has to be fixed is there at once. None where a fix is
// missing or left to a person.
func lookBehind(s *subject.Subject, rows []row) []row {
	var behind []row
	for range mostBehind {
		broken := breaking(slices.Concat(rows, behind))
		var codes []string
		var plans [][]change.Change
		for _, r := range broken {
			if len(r.outcome.Fix) == 0 {
				return behind
			}
			codes, plans = append(codes, string(r.check.Code)), append(plans, r.outcome.Fix)
		}
		if len(broken) == 0 {
			return behind
		}
		after, ok := planned(s, change.Order(plans...))
		if !ok {
			return behind
		}
		found := false
		for _, r := range breaking(run(after)) {
			if !slices.Contains(codes, string(r.check.Code)) && !check.AboutCreation(r.check.Code) {
				r.after, found = codes, true
				behind = append(behind, r)
			}
		}
		if !found {
			return behind
		}
	}
	return behind
}

// breaking are the checks that found what breaks the pod.
func breaking(rows []row) []row {
	var broken []row
	for _, r := range rows {
		if r.check.Class == check.Breaks && r.outcome.Result == check.Fail {
			broken = append(broken, r)
		}
	}
	return broken
}

// boundRole is the role that the fixes annotate the pod's service account with; empty where none does.
func boundRole(s *subject.Subject, rows []row) string {
	for _, r := range breaking(rows) {
		for _, c := range r.outcome.Fix {
			a, ok := c.(change.Annotate)
			if ok && a.Namespace == s.Pod.Namespace && a.ServiceAccount == s.AccountName && a.Key == s.RoleKey() && a.Value != "" {
				return a.Value
			}
		}
	}
	return ""
}
