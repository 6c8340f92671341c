package sdk

import (
	"fmt"
	"slices"
	"strings"
)

// A Provider is where credentials come from, in the words of a report.
type Provider string

const (
	Static       Provider = "static"      // access keys in the environment
	Profile      Provider = "profile"     // the shared credentials or config file
	WebIdentity  Provider = "webIdentity" // IRSA
	PodIdentity  Provider = "podIdentity" // container credentials
	IMDS         Provider = "imds"        // the node's role
	NoProvider   Provider = "none"        // the chain ends without credentials
	Failed       Provider = "error"       // the chain stops with an error before it has any
	SDKDependent Provider = "sdkDependent"
	Uncertain    Provider = "unknown"
)

// Words names a provider in a sentence.
func (p Provider) Words() string {
	switch p {
	case Static:
		return "access keys"
	case Profile:
		return "profile"
	case WebIdentity:
		return "IRSA"
	case PodIdentity:
		return "Pod Identity"
	case IMDS:
		return "the node's role"
	case NoProvider:
		return "no credentials"
	case Failed:
		return "an error"
	case SDKDependent:
		return "depends on the version"
	default:
		return string(p)
	}
}

// An Outcome is what one SDK ends up with.
type Outcome struct {
	SDK      Name
	Provider Provider
	// Error says in our words why the chain stopped. It is set where Provider is Failed, and where it is
	// NoProvider.
	Error string
	// Fallback is what the SDK uses if the role behind Provider is refused: Failed, or silently another
	// source. It is empty where Provider is neither WebIdentity nor PodIdentity.
	Fallback Provider
	// Note says what the provider depends on, where it is SDKDependent (the versions of this SDK
	// differ) or Uncertain; or what the SDK does not use of the container, because its version is too old.
	Note string
	// NeedsRegion says that the environment gives this SDK no region it would read, and that its clients
	// then fail unless the program sets one.
	NeedsRegion bool
}

// Evaluate returns what each of the named SDKs does in e, in the order of the names. Where e leaves
// something open, an outcome is certain only if it is the same whatever the truth is.
func Evaluate(e Environment, names ...Name) []Outcome {
	worlds := e.worlds()
	outcomes := make([]Outcome, 0, len(names))
	for _, name := range names {
		if state := e.ProfileOf.Of(name); state != "" {
			own := e
			own.Profile = state
			outcomes = append(outcomes, evaluate(name, own, own.worlds()))
			continue
		}
		outcomes = append(outcomes, evaluate(name, e, worlds))
	}
	return outcomes
}

func evaluate(name Name, e Environment, worlds []Environment) Outcome {
	o := joined(resultsOf(name, worlds))
	o.SDK = name
	o.NeedsRegion = needsRegion(name, e.Region)
	if first, old := name.Lacks(TakesWebIdentity); old && e.WebIdentity != None && o.Provider != Uncertain {
		o.Note = "older than web identity, which is in " + first
	}
	switch o.Provider {
	case WebIdentity:
		e.WebIdentity = Denied
	case PodIdentity:
		e.Container = Denied
	default:
		return o
	}
	o.Fallback = joined(resultsOf(name, e.worlds())).Provider
	return o
}

// A result is the end of one version's chain in one world.
type result struct {
	version  string
	provider Provider
	error    string
}

func resultsOf(name Name, worlds []Environment) []result {
	var results []result
	for _, c := range chains {
		if c.name != name.SDK() || !c.isOf(name) {
			continue
		}
		for _, world := range worlds {
			for _, seen := range world.seenBy(name) {
				results = append(results, c.run(seen)...)
			}
		}
	}
	return results
}

// isOf reports whether the chain is that of the version in a name: where versions differ, that of its major version.
func (c chain) isOf(name Name) bool {
	major, _, _ := strings.Cut(name.Version(), ".")
	return c.version == "" || major == "" || c.version == major || !slices.ContainsFunc(chains, func(o chain) bool { return o.name == c.name && o.version == major })
}

// run returns the end of the chain; two ends where a step may pass or stop.
func (c chain) run(e Environment) []result {
	var ends []result
	for _, s := range c.steps {
		if s.unlessNamed && isNamed(e.Profile) {
			continue
		}
		state := s.source.state(e)
		switch s.on.effect(state) {
		case take:
			return append(ends, result{c.version, s.source.provider(), ""})
		case stop:
			return append(ends, result{c.version, Failed, s.source.failure(state)})
		case either:
			ends = append(ends, result{c.version, Failed, s.source.failure(state)})
		case open:
			ends = append(ends, result{c.version, s.source.provider(), ""}, result{c.version, Failed, s.source.failure(state)})
		}
	}
	return append(ends, result{c.version, NoProvider, "no other source of credentials: " + imds.failure(e.IMDS)})
}

// joined makes one outcome of all the results that are possible.
func joined(results []result) Outcome {
	if len(results) == 0 {
		return Outcome{Provider: Uncertain, Note: "this SDK is unknown"}
	}
	byVersion := make(map[string][]Provider)
	var versions []string
	var all []Provider
	var errors []string
	for _, r := range results {
		if !slices.Contains(versions, r.version) {
			versions = append(versions, r.version)
		}
		byVersion[r.version] = added(byVersion[r.version], r.provider)
		all = added(all, r.provider)
		errors = added(errors, r.error)
	}
	if len(all) == 1 {
		return Outcome{Provider: all[0], Error: strings.Join(errors, ", or ")}
	}
	certain := true
	notes := make([]string, len(versions))
	for i, version := range versions {
		certain = certain && len(byVersion[version]) == 1
		notes[i] = fmt.Sprintf("version %s: %s", version, alternativesOf(byVersion[version]))
	}
	switch {
	case len(versions) == 1:
		return Outcome{Provider: Uncertain, Note: alternativesOf(all)}
	case certain:
		return Outcome{Provider: SDKDependent, Note: strings.Join(notes, "; ")}
	}
	return Outcome{Provider: Uncertain, Note: strings.Join(notes, "; ")}
}

func added[T comparable](list []T, item T) []T {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

func alternativesOf(providers []Provider) string {
	words := make([]string, len(providers))
	for i, p := range providers {
		words[i] = p.Words()
	}
	return strings.Join(words, " or ")
}

func isNamed(profile State) bool { return strings.HasPrefix(string(profile), "named") }
