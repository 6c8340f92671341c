package subject

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// Namesakes are the Pod Identity associations of service accounts that have the name of the pod's in another namespace, as
// far as they were read. The name default says nothing.
func (s *Seen) Namesakes() []snapshot.PodIdentityAssociation {
	if s.AccountName == workload.DefaultServiceAccount {
		return nil
	}
	var found []snapshot.PodIdentityAssociation
	for _, a := range s.Snapshot.SeenAssociations() {
		if a.ServiceAccount == s.AccountName && a.Namespace != s.Pod.Namespace {
			found = append(found, a)
		}
	}
	return found
}

// BoundInNamespace are the other service accounts of the pod's namespace that are bound to a role, as far as they were
// read.
func (s *Seen) BoundInNamespace() []string {
	var names []string
	add := func(name string) {
		if name != s.AccountName && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	accounts, _ := s.Snapshot.ServiceAccounts(s.Pod.Namespace).Get()
	for _, account := range accounts {
		if account.Annotations[s.RoleKey()] != "" {
			add(account.Name)
		}
	}
	for _, a := range s.Snapshot.SeenAssociations() {
		if a.Namespace == s.Pod.Namespace {
			add(a.ServiceAccount)
		}
	}
	slices.Sort(names)
	return names
}
