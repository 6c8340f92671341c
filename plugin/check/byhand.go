package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// byHand adds to a finding about a service account without a binding, and without a fix, the command that binds it to a role
// that only the reader knows. A role of the account default would be the role of all pods that name no other account.
func byHand(report func(*subject.Subject) Outcome) func(*subject.Subject) Outcome {
	return func(s *subject.Subject) Outcome {
		out := report(s)
		if out.Fix == nil && s.AccountName != workload.DefaultServiceAccount {
			out.Fix = []change.Change{change.BindByHand{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, What: out.Advice}}
		}
		return out
	}
}
