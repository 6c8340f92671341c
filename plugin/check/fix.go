package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
)

// podRef names the pod for changes that make it anew.
func (s *Subject) podRef() change.PodRef {
	kind, name := ownerOf(s.Pod)
	return change.PodRef{
		Namespace: s.Pod.Namespace, Name: s.Pod.Name, Workload: change.Workload{Kind: kind, Name: name},
		Settings: s.Settings, Injects: s.webhookAnswers(),
	}
}

// webhookAnswers reports whether the webhook is known to be registered, to take the pod in, and not known
// to be unable to answer.
func (s *Subject) webhookAnswers() bool {
	registered, ok := s.Registrations.Get()
	return ok && slices.ContainsFunc(registered, func(r Registration) bool {
		e := r.excludes(s.Snapshot, s.Pod)
		return !e.Excluded && len(e.Gaps) == 0 && !r.outage(s.Snapshot).Down
	})
}

// recreate is the plan that makes the pod anew. A predicted pod is made anew by applying its manifest.
func (s *Subject) recreate() []change.Change {
	if s.Predicted {
		return nil
	}
	return []change.Change{change.Recreate{Pod: s.podRef()}}
}

func (s *Subject) setServiceAccount(name string) change.Change {
	return change.SetServiceAccount{Pod: s.podRef(), ServiceAccount: name}
}
