package check

import "slices"

// aboutUnbound is the outcome of one of the checks of a service account that nothing binds; report makes its finding.
func aboutUnbound(s *Subject, code Code, report func(*Subject) Outcome) Outcome {
	u := s.Unbound
	if u.State != NothingBinds {
		return bindingFound(s)
	}
	speaks := first(unboundOrder, unboundCodes, u.Causes)
	switch {
	case speaks != "" && s.mayBeAssociated():
		return unknown(u.AssociationGaps...)
	case speaks == code:
		return report(s)
	case speaks != "":
		return skip(speaks)
	}
	all := slices.Concat(u.RoleGaps, u.OtherGaps)
	switch {
	case len(all) == 0 && code == IRSA102:
		return report(s)
	case len(all) == 0:
		return skip(IRSA102)
	case code == IRSA102, code == IRSA103:
		return unknown(all...)
	case code == IRSA109 && len(u.RoleGaps) > 0:
		return unknown(u.RoleGaps...)
	default:
		return pass(s.Account.Source())
	}
}

// bindingFound is the outcome of all of them where something binds the service account, gave the pod a role nonetheless, or
// is unknown.
func bindingFound(s *Subject) Outcome {
	switch s.Unbound.State {
	case AssociationBinds:
		return pass(s.Associations.Source())
	case AnnotationBinds:
		return pass(s.Account.Source())
	case AccountMissing:
		return skip(IRSA101)
	case AccountUnknown:
		return gap(s.Account)
	case InjectedByManifest:
		return skip("the manifest gives the pod its credentials settings itself")
	case InjectedEarlier:
		return skip(IRSA216)
	}
	if s.Associations.Known() {
		return skip(IRSA706)
	}
	return skip("the pod was injected by EKS Pod Identity")
}
