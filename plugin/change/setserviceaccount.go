package change

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// SetServiceAccount changes the service account of a workload's pods, which recreates them.
type SetServiceAccount struct {
	Pod            PodRef
	ServiceAccount string
}

func (c SetServiceAccount) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c SetServiceAccount) Summary() string {
	if resource, ok := c.Pod.Owner.Resource(); ok {
		return "run " + resource + " under service account " + c.ServiceAccount
	}
	return "set serviceAccountName to " + c.ServiceAccount + " in " + templateOf(c.Pod)
}

// Commands implements [Change].
func (c SetServiceAccount) Commands() [][]string {
	if resource, ok := c.Pod.Owner.Resource(); ok {
		return c.Pod.then(kubectl(c.Pod.Namespace, "set", "serviceaccount", resource, c.ServiceAccount))
	}
	return nil
}

// Diff implements [Change].
func (c SetServiceAccount) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c SetServiceAccount) Done() string { return c.Object().String() + " serviceaccount updated" }

// Object implements [Change].
func (c SetServiceAccount) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c SetServiceAccount) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c SetServiceAccount) edit(pod *corev1.Pod) {
	pod.Spec.ServiceAccountName = c.ServiceAccount
	pod.Spec.DeprecatedServiceAccount = c.ServiceAccount
}
