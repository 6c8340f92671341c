package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

func whoGetsWhat(s *subject.Subject, c *subject.Container) string {
	providers, names := byProvider(c.Outcomes)
	parts := make([]string, len(providers))
	for i, p := range providers {
		what := p.Words()
		if role := s.RoleOf(c, p); role != "" {
			what += " (" + role + ")"
		}
		if p == sdk.SDKDependent || p == sdk.Uncertain {
			what += " (" + notes(c, p) + ")"
		}
		parts[i] = what + ": " + sdkWords(s, names[p])
	}
	return strings.Join(parts, "; ")
}

// getsInstead is what a container gets that has no SDK which gets its role.
func getsInstead(s *subject.Subject, c *subject.Container) string {
	providers, names := byProvider(c.Outcomes)
	parts := make([]string, len(providers))
	for i, p := range providers {
		switch p {
		case sdk.IMDS:
			parts[i] = nodeRoleText(s)
		default:
			parts[i] = p.Words()
		}
		if len(providers) > 1 {
			parts[i] += " (" + sdkWords(s, names[p]) + ")"
		}
	}
	return strings.Join(parts, "; ")
}

// notes are what the outcomes of a provider depend on.
func notes(c *subject.Container, p sdk.Provider) string {
	var notes []string
	for _, o := range c.Outcomes {
		if o.Provider == p && o.Note != "" {
			notes = subject.AppendNew(notes, []string{o.Note})
		}
	}
	return strings.Join(notes, "; ")
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
		return "every SDK except " + joinNames(others)
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

func sdkWords(s *subject.Subject, names []sdk.Name) string { return listOf(names, s.SDKs()) }

// byProvider groups SDKs by their provider, in the order of the first of each.
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
