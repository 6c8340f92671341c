package change

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// SetFSGroup gives a workload's pods an fsGroup, to which the kubelet gives the token's file. The change replaces the
// pods.
type SetFSGroup struct {
	Pod   PodRef
	Group int64
}

func (c SetFSGroup) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c SetFSGroup) Summary() string {
	return "set securityContext.fsGroup to " + strconv.FormatInt(c.Group, 10) + " in " + templateOf(c.Pod)
}

// Commands implements [Change].
func (c SetFSGroup) Commands() [][]string {
	return patchTemplate(c.Pod, map[string]any{"spec": map[string]any{"securityContext": map[string]any{"fsGroup": c.Group}}})
}

// Diff implements [Change].
func (c SetFSGroup) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c SetFSGroup) Done() string { return c.Object().String() + " patched" }

// Object implements [Change].
func (c SetFSGroup) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c SetFSGroup) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c SetFSGroup) edit(pod *corev1.Pod) {
	if pod.Spec.SecurityContext == nil {
		pod.Spec.SecurityContext = &corev1.PodSecurityContext{}
	}
	pod.Spec.SecurityContext.FSGroup = &c.Group
}
