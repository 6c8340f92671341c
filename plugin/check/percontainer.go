package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

// perContainer asks about every container that counts, and puts the answers together: what fails before what
// is not known, and that before what passes.
func (s *Subject) perContainer(ask func(*Container) Outcome) Outcome {
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

// perBound is perContainer for what is about containers that are to get a role by one of the mechanisms.
func (s *Subject) perBound(ask func(*Container) Outcome, mechanisms ...inject.Mechanism) Outcome {
	return s.perContainer(func(c *Container) Outcome {
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

// notAsked is why a check of a role's credentials does not apply to a container.
const notAsked = "nothing asks for such a role"

// where names a container, and a part of it.
func (c *Container) where(part string) string { return "container " + c.Name + ", " + part }
