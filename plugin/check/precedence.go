package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// A precedence says which SDKs prefer something else to the role that a container is to get.
type precedence struct {
	certain []sdk.Outcome
	open    []sdk.Name // it cannot be told
}

// beaten says which SDKs take what set adds to the environment, and not the role, were the role there for the
// asking and nothing else in its way. So each thing that is in the way is found by itself.
func (s *Subject) beaten(c *Container, set func(*sdk.Environment)) precedence {
	e := sdk.Environment{
		Static: sdk.None, WebIdentity: sdk.None, Container: sdk.None, Profile: sdk.None,
		IMDS: sdk.Unreachable, Region: sdk.RegionSet,
	}
	switch c.Wants {
	case inject.WebIdentity:
		e.WebIdentity = sdk.OK
	case inject.PodIdentity:
		e.Container = sdk.OK
	case FromNode:
		e.IMDS = sdk.Reachable
	}
	set(&e)
	var p precedence
	for _, o := range sdk.Evaluate(e, s.sdks()...) {
		switch o.Provider {
		case wanted(c.Wants):
		case sdk.Uncertain:
			p.open = append(p.open, o.SDK)
		default:
			p.certain = append(p.certain, o)
		}
	}
	return p
}

// words names the SDKs of which it is certain, and what those depend on whose versions differ.
func (p precedence) words(asked []sdk.Name) string {
	var names []sdk.Name
	var parts []string
	for _, o := range p.certain {
		if o.Provider == sdk.SDKDependent {
			parts = append(parts, string(o.SDK)+" by its version ("+o.Note+")")
			continue
		}
		names = append(names, o.SDK)
	}
	if len(names) > 0 {
		parts = slices.Insert(parts, 0, listOf(names, asked))
	}
	return strings.Join(parts, "; ")
}

// most is how many SDKs are rather named by those that are not among them.
const most = 10

// listOf returns the names as words, those that were asked about being all or some.
func listOf(names, asked []sdk.Name) string {
	all := len(asked) == len(sdk.Names())
	switch {
	case all && len(names) == len(asked):
		return "every SDK"
	case all && len(names) >= most:
		others := slices.DeleteFunc(sdk.Names(), func(n sdk.Name) bool { return slices.Contains(names, n) })
		return "every SDK but " + joinNames(others)
	default:
		return joinNames(names)
	}
}

func joinNames(names []sdk.Name) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}

func (s *Subject) sdkWords(names []sdk.Name) string { return listOf(names, s.sdks()) }

// byProvider groups SDKs by what they take, in the order of the first of each.
func byProvider(outcomes []sdk.Outcome) (providers []sdk.Provider, names map[sdk.Provider][]sdk.Name) {
	names = map[sdk.Provider][]sdk.Name{}
	for _, o := range outcomes {
		if !slices.Contains(providers, o.Provider) {
			providers = append(providers, o.Provider)
		}
		names[o.Provider] = append(names[o.Provider], o.SDK)
	}
	return providers, names
}
