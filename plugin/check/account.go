package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// injectedEarlier reports whether a pod that exists has what the webhook gave it.
func injectedEarlier(s *subject.Subject) bool {
	return !s.Predicted && s.Reading.Mechanism != inject.None
}

// createAccount is the plan that creates the pod's service account with its role; nil where the role is unknown.
func createAccount(s *subject.Subject) []change.Change {
	role, ok := s.RoleOfMissingAccount()
	if !ok {
		return nil
	}
	create := change.CreateServiceAccount{Namespace: s.Pod.Namespace, Name: s.AccountName}
	if role != "" {
		create.Key, create.Value = s.RoleKey(), role
	}
	return []change.Change{create}
}
