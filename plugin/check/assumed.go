package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

// assumed reports whether the pod alone shows that it gets a role: whether anything binds its service account is unknown. A pod
// whose service account names no role is not broken by what is left of an injection.
func assumed(s *subject.Subject) bool { return !s.Bound() && len(s.Intent.Gaps) > 0 }
