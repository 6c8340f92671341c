package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// callsSTS returns which SDKs certainly call the STS of the role's partition, and which that of another. The others get their
// region from the program.
func callsSTS(s *subject.Subject, c *subject.Container) (here, elsewhere []sdk.Name) {
	for _, name := range s.SDKs() {
		switch {
		case c.Environment.STS.Elsewhere(name):
			elsewhere = append(elsewhere, name)
		case c.Environment.STS.Partition(name) == c.Environment.STS.Role:
			here = append(here, name)
		}
	}
	return here, elsewhere
}

// calledElsewhere reports whether each of some containers calls STS of another partition than its role's, so that it does not
// matter what the role is.
func calledElsewhere(s *subject.Subject, containers []string) bool {
	for _, c := range s.Containers {
		if !slices.Contains(containers, c.Name) {
			continue
		}
		if here, elsewhere := callsSTS(s, c); len(here) > 0 || len(elsewhere) == 0 {
			return false
		}
	}
	return len(containers) > 0
}
