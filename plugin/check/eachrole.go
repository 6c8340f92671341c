package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

// eachRole asks about every role that containers are to take by web identity, and puts the answers together:
// what fails before what is not known, and that before what passes.
func (s *Subject) eachRole(ask func(*RoleJudgement) Outcome) Outcome {
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

// eachFederation is eachRole for what follows from the issuer: there is nothing to say of it where AWS cannot
// reach the issuer anyway.
func (s *Subject) eachFederation(ask func(*RoleJudgement) Outcome) Outcome {
	if speaks := issuerCodes[s.IssuerFault.Cause]; speaks != "" && len(s.Roles) > 0 {
		return skip(speaks)
	}
	return s.eachRole(ask)
}

// noRole is the outcome of a check that is about a role, where there is none to be taken by web identity.
func noRole(s *Subject) Outcome {
	switch {
	case len(s.UnnamedRoles) > 0:
		return unknown(s.UnnamedRoles...)
	case s.Intent.Mechanism == "":
		return unknown(s.Intent.Gaps...)
	case s.Intent.Mechanism == inject.PodIdentity:
		return skip("the pod is to get its role by Pod Identity")
	default:
		return skip("no role is to be taken by web identity")
	}
}

// takers are the containers that are to take a role by web identity.
func (s *Subject) takers() []string {
	var names []string
	for _, j := range s.Roles {
		names = append(names, j.Containers...)
	}
	return names
}

// together makes one outcome of those of several roles: of the worst result, with what all of that result say.
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
		out.Gaps = appendNew(out.Gaps, o.Gaps)
		out.Evidence = appendNew(out.Evidence, o.Evidence)
	}
	return out
}

func appendNew[T comparable](list, more []T) []T {
	for _, one := range more {
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

// few joins the first of several texts, and counts the others.
func few(texts []string) string {
	const most = 5
	if len(texts) <= most {
		return strings.Join(texts, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(texts[:most], ", "), len(texts)-most)
}

// aside is the outcome of a check whose answer changes no verdict and that misses a fact: that nobody asked
// for it is told beside the check only, that it was refused among all that is not known.
func aside[T any](f fact.Fact[T]) Outcome {
	g, _ := f.Gap()
	if f.State() == fact.StateUnasked {
		return Outcome{Result: Unknown, Why: g.What + ": " + g.Reason}
	}
	return unknown(g)
}
