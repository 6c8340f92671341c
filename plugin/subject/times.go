package subject

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// calledSince returns since when the webhook is called for the pod, by the times of its registrations and of the namespace
// labels that they select; ok is false where one of them may have called it earlier. label is the namespace label that came
// last, where that decides.
func (s *Intended) calledSince() (since time.Time, label string, ok bool) {
	registered, _ := s.Registrations.Get()
	for _, r := range registered {
		e := r.excludes(s.Snapshot, s.Pod)
		if e.Cause != NotExcluded {
			continue
		}
		at, key := r.Created, ""
		if labelled, by := s.selectedSince(r); labelled.After(at) {
			at, key = labelled, by
		}
		if at.IsZero() {
			return time.Time{}, "", false
		}
		if !ok || at.Before(since) {
			since, label, ok = at, key, true
		}
	}
	return since, label, ok
}

// selectedSince returns when the last of the namespace's labels was set that a registration asks for, and which; the zero time
// where it asks for none, or that is not recorded. Entries of managedFields are dated by their last change.
func (s *Intended) selectedSince(r Registration) (at time.Time, label string) {
	namespace, ok := s.Snapshot.Namespace(s.Pod.Namespace).Get()
	if !ok || r.Webhook.NamespaceSelector == nil {
		return time.Time{}, ""
	}
	for _, key := range wantedLabels(r.Webhook.NamespaceSelector) {
		if key == corev1.LabelMetadataName { // every namespace has it from the start
			continue
		}
		if set, known := snapshot.LabelledAt(namespace.ManagedFields, key); known && set.After(at) {
			at, label = set, key
		}
	}
	return at, label
}

// wantedLabels are the keys that a selector wants to be there.
func wantedLabels(selector *metav1.LabelSelector) []string {
	var keys []string
	for key := range selector.MatchLabels {
		keys = append(keys, key)
	}
	for _, r := range selector.MatchExpressions {
		if r.Operator == metav1.LabelSelectorOpIn || r.Operator == metav1.LabelSelectorOpExists {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// apart is how far apart two pods are created so that one short outage does not explain both.
const apart = 2 * time.Minute

// mostSiblings is how many pods of the workload are looked at.
const mostSiblings = 100

// secondMiss returns another pod of the workload into which nothing was injected either, though it was created at another time,
// and both after the annotation was set and the webhook was called for them: then the webhook does not mutate such pods, and a
// restart changes nothing. ok is false where no pod shows that, or a later one was mutated.
func (s *Intended) secondMiss(annotated time.Time) (miss *corev1.Pod, ok bool) {
	since, _, called := s.calledSince()
	if !called {
		return nil, false
	}
	pods := s.Snapshot.PodsOf(workload.Group(s.Pod))
	for _, pod := range pods[:min(len(pods), mostSiblings)] {
		created := pod.CreationTimestamp.Time
		if pod.Name == s.Pod.Name || workload.ServiceAccountName(pod) != s.AccountName || !created.After(annotated) || !created.After(since) {
			continue
		}
		if inject.Read(pod, s.Settings.AnnotationPrefix).Mechanism != inject.None {
			if created.After(s.Pod.CreationTimestamp.Time) {
				return nil, false // it mutates pods again
			}
			continue
		}
		if created.Sub(s.Pod.CreationTimestamp.Time).Abs() >= apart {
			miss = pod
		}
	}
	return miss, miss != nil && s.Pod.CreationTimestamp.After(annotated) && s.Pod.CreationTimestamp.After(since)
}
