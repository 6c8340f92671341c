package change

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// SelectWindows gives a workload's template the node selector by which the webhook knows a Windows pod, which
// recreates its pods.
type SelectWindows struct{ Pod PodRef }

func (c SelectWindows) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c SelectWindows) Summary() string {
	return "set node selector " + corev1.LabelOSStable + "=windows in " + templateOf(c.Pod)
}

// Commands implements [Change].
func (c SelectWindows) Commands() [][]string {
	return patchTemplate(c.Pod, map[string]any{"spec": map[string]any{"nodeSelector": map[string]any{corev1.LabelOSStable: "windows"}}})
}

// Diff implements [Change].
func (c SelectWindows) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c SelectWindows) Done() string { return c.Object().String() + " patched" }

// Object implements [Change].
func (c SelectWindows) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c SelectWindows) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c SelectWindows) edit(pod *corev1.Pod) {
	if pod.Spec.NodeSelector == nil {
		pod.Spec.NodeSelector = map[string]string{}
	}
	pod.Spec.NodeSelector[corev1.LabelOSStable] = "windows"
}
