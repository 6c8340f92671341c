package change

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Recreate recreates a pod, through its workload where it has one, so that the webhook sees it again.
type Recreate struct{ Pod PodRef }

func (c Recreate) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c Recreate) Summary() string {
	if resource, ok := c.Pod.Owner.Resource(); ok {
		return "restart " + resource
	}
	return "make pod " + c.Pod.Namespace + "/" + c.Pod.Name + " anew"
}

// Commands implements [Change].
func (c Recreate) Commands() [][]string {
	if resource, ok := c.Pod.Owner.Resource(); ok {
		return [][]string{kubectl(c.Pod.Namespace, "rollout", "restart", resource)}
	}
	// A pod of its own does not come back when it is deleted, and a Job counts its pods.
	if c.Pod.Owner.ReplacesDeleted() {
		return [][]string{kubectl(c.Pod.Namespace, "delete", "pod", c.Pod.Name)}
	}
	return nil
}

// Diff implements [Change].
func (c Recreate) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.Object().String(), "", ""
}

// Done implements [Change].
func (c Recreate) Done() string {
	if c.Pod.Owner.ReplacesDeleted() {
		return c.Object().String() + " deleted"
	}
	return c.Object().String() + " restarted"
}

// Object implements [Change].
func (c Recreate) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c Recreate) Apply(d *snapshot.Draft) bool {
	return c.Pod.renew(d, func(*corev1.Pod) {})
}
