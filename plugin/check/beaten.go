package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// A precedence lists the SDKs in which something else takes precedence over the role that a container should get.
type precedence struct {
	certain []sdk.Outcome
	open    []sdk.Name // it is unknown
}

// beaten returns which SDKs use what set adds to the environment and not the role, if the role were available
// and nothing else had precedence. So each thing that takes precedence is found by itself.
func beaten(s *subject.Subject, c *subject.Container, set func(*sdk.Environment)) precedence {
	e := sdk.Environment{
		Static: sdk.None, WebIdentity: sdk.None, Container: sdk.None, Profile: sdk.None,
		IMDS: sdk.Unreachable, Region: sdk.RegionSet,
	}
	switch c.Wants {
	case inject.WebIdentity:
		e.WebIdentity = sdk.OK
	case inject.PodIdentity:
		e.Container = sdk.OK
	case subject.FromNode:
		e.IMDS = sdk.Reachable
	case subject.FromProfile:
		e.Profile = sdk.DefaultFile
	}
	set(&e)
	var p precedence
	for _, o := range sdk.Evaluate(e, s.SDKs()...) {
		switch o.Provider {
		case subject.ProviderOf(c.Wants):
		case sdk.Uncertain:
			p.open = append(p.open, o.SDK)
		default:
			p.certain = append(p.certain, o)
		}
	}
	return p
}

// keysBeat is beaten for the access keys that the container has, or may have.
func keysBeat(s *subject.Subject, c *subject.Container) precedence {
	return beaten(s, c, func(e *sdk.Environment) { e.Static = c.Environment.Static })
}

// profileBeats is beaten for the profile that the container has, or may have.
func profileBeats(s *subject.Subject, c *subject.Container) precedence {
	return beaten(s, c, func(e *sdk.Environment) {
		e.Profile, e.ProfileOf, e.ProfileToken = c.Environment.Profile, c.Environment.ProfileOf, c.Environment.ProfileToken
	})
}

// profileWords returns in which SDKs a profile takes precedence, and in which it is an error.
func (p precedence) profileWords(asked []sdk.Name) string {
	var parts, errors []string
	first, failing := precedence{}, map[string][]sdk.Name{}
	for _, o := range p.certain {
		if o.Provider != sdk.Failed {
			first.certain = append(first.certain, o)
			continue
		}
		errors = subject.AppendNew(errors, []string{o.Error})
		failing[o.Error] = append(failing[o.Error], o.SDK)
	}
	if len(first.certain) > 0 {
		parts = append(parts, "a profile takes precedence over the role for "+first.words(asked))
	}
	for _, err := range errors {
		parts = append(parts, "an error for "+listOf(failing[err], asked)+": "+err)
	}
	return strings.Join(parts, "; ")
}

// words names the SDKs of which it is certain, and what those depend on whose versions differ.
func (p precedence) words(asked []sdk.Name) string {
	var names []sdk.Name
	var parts []string
	for _, o := range p.certain {
		if o.Provider == sdk.SDKDependent {
			parts = append(parts, string(o.SDK)+", depending on its version ("+o.Note+")")
			continue
		}
		names = append(names, o.SDK)
	}
	if len(names) > 0 {
		parts = slices.Insert(parts, 0, listOf(names, asked))
	}
	return strings.Join(parts, "; ")
}
