package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// aboutInjection is the outcome of one of the checks of a pod that the webhook did not mutate; report makes its finding.
func aboutInjection(s *subject.Subject, code Code, report func(*subject.Subject) Outcome) Outcome {
	n := s.NotInjected
	switch n.State {
	case subject.SomethingInjected:
		return pass("get pods/" + s.Pod.Name)
	case subject.NothingAsked:
		return skip("the pod needs no injection")
	case subject.InjectionUnknown:
		return unknown(s.Intent.Gaps...)
	case subject.ContainersSetVariables:
		return skip(IRSA205)
	case subject.ContainersSkipped:
		return skip(IRSA204)
	}
	// What is unknown of the webhook stays so, unless it is certain that it could not.
	reporter := injectionCode(s)
	open := !s.Registrations.Known() && reporter != IRSA214
	switch {
	case open && code == IRSA202, len(n.WebhookGaps) > 0 && reporter != IRSA214 && (code == IRSA213 || code == IRSA214):
		return unknown(n.WebhookGaps...)
	case reporter == code:
		return report(s)
	case reporter != "":
		return skip(reporter)
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
	switch reporter := IssuerCode(s.IssuerFault); {
	case reporter == code:
		out = report(s)
	case reporter != "":
		out = skip(reporter)
	case !s.Issuer.Known():
		out = gap(s.Issuer)
	default:
		out = pass(s.Issuer.Source())
	}
	out.Containers = takers(s)
	return out
}

// aboutUnbound is the outcome of one of the checks of a service account without a binding; report makes its finding.
func aboutUnbound(s *subject.Subject, code Code, report func(*subject.Subject) Outcome) Outcome {
	u := s.Unbound
	if u.State != subject.NothingBinds {
		return bindingFound(s)
	}
	// The container gets its role from its own profile: it needs no binding.
	if s.ConfiguredByProfile() && (code == IRSA102 || code == IRSA103 || code == IRSA109) {
		return skip("the pod's own profile configures it")
	}
	reporter := first(unboundOrder, unboundCodes, u.Causes)
	switch {
	case reporter != "" && s.MayBeAssociated():
		return unknown(u.AssociationGaps...)
	case reporter == code:
		return report(s)
	case reporter != "":
		return skip(reporter)
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
		return skip("the manifest sets the credentials settings itself")
	case subject.InjectedEarlier:
		return skip(IRSA216)
	}
	if s.Associations.Known() {
		return skip(IRSA706)
	}
	return skip("the webhook injected EKS Pod Identity into the pod")
}

// whyNotInjected is why nothing was injected into a container that should get a role: a code, or the state.
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

// notPodIdentity is why a check of Pod Identity is skipped.
const notPodIdentity = "the pod does not get its role from Pod Identity"

// issuerMissingAdvice is the advice for a cluster without an issuer that IRSA can use.
func issuerMissingAdvice(s *subject.Subject) string {
	if s.IssuerFault.Cause == subject.IssuerLocalCluster {
		return "let the pod use the node's role through IMDS (with a hop limit of at least 2), or give it access keys in a Secret"
	}
	return "use EKS Pod Identity, which needs no issuer, or a cluster that has an issuer"
}
