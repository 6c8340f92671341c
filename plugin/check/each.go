package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// eachRole asks about every role that containers should assume with web identity, and joins the answers:
// what fails before what is unknown, and that before what passes.
func eachRole(s *subject.Subject, ask func(*subject.RoleJudgement) Outcome) Outcome {
	switch {
	case len(s.Roles) == 0:
		return noRole(s)
	case s.IssuerFault.Missing():
		return skip(IRSA504)
	}
	var all []Outcome
	for _, j := range s.Roles {
		out := ask(j)
		out.Containers = j.Containers
		all = append(all, out)
	}
	if len(s.UnnamedRoles) > 0 {
		all = append(all, unknown(s.UnnamedRoles...))
	}
	return together(all)
}

// eachFederation is eachRole for what follows from the issuer: nothing follows where AWS cannot
// reach the issuer.
func eachFederation(s *subject.Subject, ask func(*subject.RoleJudgement) Outcome) Outcome {
	if reporter := IssuerCode(s.IssuerFault); reporter != "" && len(s.Roles) > 0 {
		return skip(reporter)
	}
	return eachRole(s, ask)
}

// noRole is the outcome of a check that is about a role, where there is none to assume with web identity.
func noRole(s *subject.Subject) Outcome {
	switch {
	case len(s.UnnamedRoles) > 0:
		return unknown(s.UnnamedRoles...)
	case s.Intent.Mechanism == "":
		return unknown(s.Intent.Gaps...)
	case s.Intent.Mechanism == inject.PodIdentity:
		return skip("the pod gets its role from Pod Identity")
	default:
		return skip("no container assumes a role with web identity")
	}
}

// takers are the containers that should assume a role with web identity.
func takers(s *subject.Subject) []string {
	var names []string
	for _, j := range s.Roles {
		names = append(names, j.Containers...)
	}
	return names
}

// together makes one outcome of those of several roles: of the worst result, with the texts of all of that result.
func together(all []Outcome) Outcome {
	for _, result := range []Result{Fail, Unknown, Pass} {
		var same []Outcome
		for _, out := range all {
			if out.Result == result {
				same = append(same, out)
			}
		}
		if len(same) > 0 {
			return joined(same)
		}
	}
	return all[0]
}

func joined(all []Outcome) Outcome {
	out := all[0]
	if len(all) == 1 {
		return out
	}
	texts := func(of func(Outcome) string) string {
		var distinct []string
		for _, o := range all {
			if text := of(o); text != "" && !slices.Contains(distinct, text) {
				distinct = append(distinct, text)
			}
		}
		return strings.Join(distinct, "; ")
	}
	out.Where, out.Have, out.Need = texts(func(o Outcome) string { return o.Where }), texts(func(o Outcome) string { return o.Have }), texts(func(o Outcome) string { return o.Need })
	out.Why, out.Advice = texts(func(o Outcome) string { return o.Why }), texts(func(o Outcome) string { return o.Advice })
	out.Containers, out.Fix, out.Gaps, out.Evidence = nil, nil, nil, nil
	for _, o := range all {
		out.Containers = append(out.Containers, o.Containers...)
		out.Fix = append(out.Fix, o.Fix...)
		out.Gaps = subject.AppendNew(out.Gaps, o.Gaps)
		out.Evidence = subject.AppendNew(out.Evidence, o.Evidence)
	}
	return out
}

// aside is the outcome of a check that misses a fact and whose answer changes no verdict. That the fact was not asked for
// is reported with the check only; that it was refused is reported among all that is unknown.
func aside[T any](f fact.Fact[T]) Outcome {
	g, _ := f.Gap()
	if f.State() == fact.StateUnasked {
		return Outcome{Result: Unknown, Why: g.What + ": " + g.Reason}
	}
	return unknown(g)
}

// eachNamedRole is eachRole for what does not depend on the mechanism by which the pod gets the role.
func eachNamedRole(s *subject.Subject, ask func(*subject.NamedRole) Outcome) Outcome {
	roles := s.NamedRoles()
	var all []Outcome
	for _, r := range roles {
		var out Outcome
		switch {
		case r.Moot != subject.NotMoot:
			out = skip(mootCodes[r.Moot])
		case r.Malformed != "":
			out = skip(IRSA106)
		default:
			out = ask(r)
		}
		out.Containers = r.Containers
		all = append(all, out)
	}
	switch {
	case len(s.UnnamedRoles) > 0:
		all = append(all, unknown(s.UnnamedRoles...))
	case len(all) == 0 && s.Intent.Mechanism == inject.PodIdentity && s.AssociationGone():
		return skip(IRSA706)
	case len(all) == 0 && s.Intent.Mechanism == inject.PodIdentity && s.Intent.Association == nil:
		return gap(s.Associations)
	case len(all) == 0:
		return noRole(s)
	}
	return together(all)
}

// perContainer asks about every container that counts, and joins the answers: what fails before what
// is unknown, and that before what passes.
func perContainer(s *subject.Subject, ask func(*subject.Container) Outcome) Outcome {
	var all []Outcome
	for _, c := range s.Containers {
		if c.Type == inject.Ephemeral {
			continue
		}
		out := ask(c)
		out.Containers = []string{c.Name}
		all = append(all, out)
	}
	if len(all) == 0 {
		return skip("the pod has no containers")
	}
	return together(all)
}

// perBound is perContainer for what is about containers that should get a role by one of the mechanisms.
func perBound(s *subject.Subject, ask func(*subject.Container) Outcome, mechanisms ...inject.Mechanism) Outcome {
	return perContainer(s, func(c *subject.Container) Outcome {
		if c.Wants == "" {
			return unknown(s.Intent.Gaps...)
		}
		for _, m := range mechanisms {
			if c.Wants == m {
				return ask(c)
			}
		}
		return skip(notAsked)
	})
}

// notAsked is why a check of a role's credentials is skipped for a container.
const notAsked = "the container needs no such role"

// beforePodIdentity settles the checks of the agent and of the association's role where an earlier link
// decides: the pod does not use Pod Identity, it is impossible where the pod runs, or the association is gone.
func beforePodIdentity(s *subject.Subject) (out Outcome, settled bool) {
	j := s.PodIdentity
	switch {
	case j == nil && s.Intent.Mechanism == "":
		return unknown(s.Intent.Gaps...), true
	case j == nil:
		return skip(notPodIdentity), true
	case j.Impossible != subject.Possible:
		return skip(IRSA705), true
	case s.AssociationGone():
		return skip(IRSA706), true
	default:
		return Outcome{}, false
	}
}
