package subject

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A Reliance is how many of a pod's containers rely on the node's role.
type Reliance int

// The reliances: no container, some, all.
const (
	ReliesNot Reliance = iota
	reliesPartly
	ReliesWholly
)

// Relies returns how many of the pod's containers rely on the node's role.
func (s *Subject) Relies() Reliance {
	some, all := false, true
	for _, c := range s.Containers {
		if c.Type == inject.Ephemeral {
			continue
		}
		some = some || c.Wants == FromNode
		all = all && c.Wants == FromNode
	}
	switch {
	case some && all:
		return ReliesWholly
	case some:
		return reliesPartly
	default:
		return ReliesNot
	}
}

// MetadataOptions are those of the pod's instance; nil where they are unknown.
func (s *Seen) MetadataOptions() *snapshot.MetadataOptions {
	instance, _ := s.Node.Instance.Get()
	return instance.MetadataOptions
}
