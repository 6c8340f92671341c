package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// byHand gives a finding about a service account that nothing binds, and that has nothing but advice, the command that
// binds it to a role which only the reader knows. A role of the account default would be one of all pods that name no other.
func byHand(report func(*subject.Subject) Outcome) func(*subject.Subject) Outcome {
	return func(s *subject.Subject) Outcome {
		out := report(s)
		if out.Fix == nil && s.AccountName != workload.DefaultServiceAccount {
			out.Fix = []change.Change{change.BindByHand{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, What: out.Advice}}
		}
		return out
	}
}
