package change

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Submit applies the manifest of a pod that does not exist yet, so that what was changed before counts.
type Submit struct{ Pod PodRef }

func (c Submit) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c Submit) Summary() string { return "create the pod, which does not exist yet" }

// Commands implements [Change]: which manifest, or which scale, creates it is unknown.
func (c Submit) Commands() [][]string { return nil }

// Diff implements [Change].
func (c Submit) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.Object().String(), "", ""
}

// Done implements [Change].
func (c Submit) Done() string { return c.Object().String() + " created" }

// Object implements [Change].
func (c Submit) Object() Object { return Object{Kind: "pod", Name: c.Pod.Name} }

// Apply implements [Change].
func (c Submit) Apply(d *snapshot.Draft) bool {
	return c.Pod.renew(d, func(*corev1.Pod) {})
}
