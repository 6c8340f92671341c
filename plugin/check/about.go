package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// aboutInjection is the outcome of one of the checks of a pod into which nothing was injected; report makes its finding.
func aboutInjection(s *subject.Subject, code Code, report func(*subject.Subject) Outcome) Outcome {
	n := s.NotInjected
	switch n.State {
	case subject.SomethingInjected:
		return pass("get pods/" + s.Pod.Name)
	case subject.NothingAsked:
		return skip("nothing is to be injected")
	case subject.InjectionUnknown:
		return unknown(s.Intent.Gaps...)
	case subject.ContainersSetVariables:
		return skip(IRSA205)
	case subject.ContainersSkipped:
		return skip(IRSA204)
	}
	// What is unknown of the webhook stays so, unless it is certain that it could not.
	speaks := injectionCode(s)
	open := !s.Registrations.Known() && speaks != IRSA214
	switch {
	case open && code == IRSA202, len(n.WebhookGaps) > 0 && speaks != IRSA214 && (code == IRSA213 || code == IRSA214):
		return unknown(n.WebhookGaps...)
	case speaks == code:
		return report(s)
	case speaks != "":
		return skip(speaks)
	case n.State == subject.LeftToPodIdentity:
		return skip(IRSA702)
	case code == IRSA201, code == IRSA203, code == IRSA217:
		return skip("the pod does not exist yet")
	default:
		return pass(s.Registrations.Source())
	}
}

// injectionCode is the code that reports why nothing was injected; empty where none does.
func injectionCode(s *subject.Subject) Code {
	return first(notInjectedOrder, notInjectedCodes, s.NotInjected.Causes)
}

// aboutIssuer is the outcome of one of the checks of the issuer; report makes its finding.
func aboutIssuer(s *subject.Subject, code Code, report func(*subject.Subject) Outcome) Outcome {
	if len(s.Roles) == 0 {
		return noRole(s)
	}
	var out Outcome
	switch speaks := IssuerCode(s.IssuerFault); {
	case speaks == code:
		out = report(s)
	case speaks != "":
		out = skip(speaks)
	case !s.Issuer.Known():
		out = gap(s.Issuer)
	default:
		out = pass(s.Issuer.Source())
	}
	out.Containers = takers(s)
	return out
}

// aboutUnbound is the outcome of one of the checks of a service account that nothing binds; report makes its finding.
func aboutUnbound(s *subject.Subject, code Code, report func(*subject.Subject) Outcome) Outcome {
	u := s.Unbound
	if u.State != subject.NothingBinds {
		return bindingFound(s)
	}
	// A profile of the container's own is what gives it a role: it misses no binding.
	if s.ConfiguredByProfile() && (code == IRSA102 || code == IRSA103 || code == IRSA109) {
		return skip("a profile of its own configures the pod")
	}
	speaks := first(unboundOrder, unboundCodes, u.Causes)
	switch {
	case speaks != "" && s.MayBeAssociated():
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
func bindingFound(s *subject.Subject) Outcome {
	switch s.Unbound.State {
	case subject.AssociationBinds:
		return pass(s.Associations.Source())
	case subject.AnnotationBinds:
		return pass(s.Account.Source())
	case subject.AccountMissing:
		return skip(IRSA101)
	case subject.AccountUnknown:
		return gap(s.Account)
	case subject.InjectedByManifest:
		return skip("the manifest gives the pod its credentials settings itself")
	case subject.InjectedEarlier:
		return skip(IRSA216)
	}
	if s.Associations.Known() {
		return skip(IRSA706)
	}
	return skip("the pod was injected by EKS Pod Identity")
}

// whyNotInjected is why a container that should get a role was given nothing: a code, or the state.
func whyNotInjected(s *subject.Subject) string {
	switch code := injectionCode(s); {
	case code != "":
		return string(code)
	case s.Intent.Mechanism == inject.PodIdentity && s.Reading.Mechanism != inject.PodIdentity:
		return string(IRSA702)
	default:
		return "nothing is injected into the container"
	}
}

// notPodIdentity is why a check of Pod Identity does not apply.
const notPodIdentity = "the pod is not to get its role by Pod Identity"

// issuerMissingAdvice says what to do in a cluster without an issuer with which IRSA could work.
func issuerMissingAdvice(s *subject.Subject) string {
	if s.IssuerFault.Cause == subject.IssuerLocalCluster {
		return "let the pod use the role of its node through IMDS (its hop limit has to let pods in), or give it keys of its own in a Secret"
	}
	return "use EKS Pod Identity, which needs no issuer, or a cluster that has one"
}
