package check

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// podRef names the pod for changes that make it anew.
func (s *Subject) podRef() change.PodRef {
	return change.PodRef{
		Namespace: s.Pod.Namespace, Name: s.Pod.Name, Owner: workload.OwnerOf(s.Pod),
		Settings: s.Settings, Injects: s.webhookAnswers(),
	}
}

// webhookAnswers reports whether the webhook is known to be called for the pod, and not known to be unable
// to answer.
func (s *Subject) webhookAnswers() bool {
	registered, known := s.Registrations.Get()
	return known && answers(s.Snapshot, registered, s.Pod)
}

func answers(s *snapshot.Snapshot, registered []Registration, pod *corev1.Pod) bool {
	return slices.ContainsFunc(registered, func(r Registration) bool {
		e := r.excludes(s, pod)
		return e.Cause == NotExcluded && len(e.Gaps) == 0 && r.outage(s).Cause == NoOutage
	})
}

// recreate is the plan that makes the pod anew. A predicted pod is made by applying its manifest.
func (s *Subject) recreate() []change.Change {
	if s.Predicted {
		return []change.Change{change.Submit{Pod: s.podRef()}}
	}
	return []change.Change{change.Recreate{Pod: s.podRef()}}
}

func (s *Subject) setServiceAccount(name string) change.Change {
	return change.SetServiceAccount{Pod: s.podRef(), ServiceAccount: name}
}

// annotate is the plan that gives the pod's service account a role and then the pod what follows from it.
func (s *Subject) annotate(role string) []change.Change {
	return append([]change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.roleKey(), Value: role}}, s.recreate()...)
}
