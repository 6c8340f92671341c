package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
)

// takeIn is the plan that changes those labels by which the webhook's registration leaves the pod out, and makes
// the pod anew; none where labels do not decide.
func (s *Subject) takeIn(e exclusion) []change.Change {
	ref := s.podRef()
	registered, _ := s.Registrations.Get()
	switch {
	case e.Pod != nil:
		pod := s.Pod.DeepCopy()
		pod.Labels = e.Pod.To(pod.Labels)
		ref.Injects = answers(s.Snapshot, registered, pod)
		return []change.Change{change.LabelTemplate{Pod: ref, Labels: *e.Pod}}
	case e.Namespace != nil:
		label := change.LabelNamespace{Name: s.Pod.Namespace, Labels: *e.Namespace}
		after, ok := change.Apply(s.Snapshot, []change.Change{label})
		ref.Injects = ok && answers(after, registered, s.Pod)
		return []change.Change{label, change.Recreate{Pod: ref}}
	default:
		return nil
	}
}
