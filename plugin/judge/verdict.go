package judge

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// A decider is what decides verdicts in the rows: about all containers, or about some.
type decider struct {
	broken, open map[string]bool // the empty name is all containers
}

// deciderOf sorts the rows once, since a pod may have very many containers.
func deciderOf(rows []row) decider {
	d := decider{map[string]bool{}, map[string]bool{}}
	for _, r := range rows {
		says := d.open
		switch {
		case r.check.Class == check.Breaks && r.outcome.Result == check.Fail:
			says = d.broken
		case r.check.Class == check.Breaks && r.outcome.Result == check.Unknown, r.check.Gap && r.outcome.Result == check.Fail:
		default:
			continue
		}
		if len(r.outcome.Containers) == 0 {
			says[""] = true
		}
		for _, name := range r.outcome.Containers {
			says[name] = true
		}
	}
	return d
}

// verdict judges one container: a break outweighs every gap, a gap forbids "works", and "works" has to be
// earned by the provider being the wanted one.
func verdict(s *subject.Subject, c *subject.Container, d decider) Verdict {
	counts := c.Type != inject.Ephemeral
	open := counts && (d.open[""] || d.open[c.Name])
	if counts && (d.broken[""] || d.broken[c.Name]) {
		return Broken
	}
	switch {
	case open:
		return Undetermined
	case c.Wants == inject.None:
		return NotConfigured
	case subject.ProviderOf(c.Wants) == c.Provider:
		return Works
	case s.EitherWay(c) != "" && s.EitherWay(c) == s.RoleOf(c, subject.ProviderOf(c.Wants)):
		return Works
	default:
		return Undetermined
	}
}

// A Verdict says whether the intended credentials are what a container gets.
type Verdict string

// The verdicts, the worst first.
const (
	Broken        Verdict = "broken"        // a finding breaks it
	Undetermined  Verdict = "undetermined"  // no break was found, and something needed is unknown
	Works         Verdict = "works"         // the intended role is what it gets, and that was proved
	NotConfigured Verdict = "notConfigured" // the container has no IAM role configured
)

// Verdicts are all verdicts, the worst first.
var Verdicts = []Verdict{Broken, Undetermined, Works, NotConfigured}

// Rank orders verdicts: the worst has the lowest. What is no verdict comes last.
func (v Verdict) Rank() int {
	if i := slices.Index(Verdicts, v); i >= 0 {
		return i
	}
	return len(Verdicts)
}

// Worse returns the worse of two verdicts.
func (v Verdict) Worse(w Verdict) Verdict {
	if w != "" && (v == "" || w.Rank() < v.Rank()) {
		return w
	}
	return v
}
