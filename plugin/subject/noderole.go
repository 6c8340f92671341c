package subject

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A reliance says which of a pod's containers live on the node's role.
type reliance int

const (
	ReliesNot reliance = iota
	reliesPartly
	ReliesWholly
)

func (s *Subject) Relies() reliance {
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

// MetadataOptions are those of the pod's instance; nil where they are not known.
func (s *Seen) MetadataOptions() *snapshot.MetadataOptions {
	instance, _ := s.Node.Instance.Get()
	return instance.MetadataOptions
}
