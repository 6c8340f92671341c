package change

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// LabelTemplate changes the labels of a workload's template, which recreates its pods.
type LabelTemplate struct {
	Pod    PodRef
	Labels Labels
}

func (c LabelTemplate) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c LabelTemplate) Summary() string { return c.Labels.summary() + " in " + templateOf(c.Pod) }

// Commands implements [Change].
func (c LabelTemplate) Commands() [][]string {
	labels := map[string]any{}
	for _, key := range c.Labels.Remove {
		labels[key] = nil
	}
	for key, value := range c.Labels.Set {
		labels[key] = value
	}
	return patchTemplate(c.Pod, map[string]any{"metadata": map[string]any{"labels": labels}})
}

// Diff implements [Change].
func (c LabelTemplate) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c LabelTemplate) Done() string { return c.Object().String() + " patched" }

// Object implements [Change].
func (c LabelTemplate) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c LabelTemplate) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c LabelTemplate) edit(pod *corev1.Pod) { pod.Labels = c.Labels.To(pod.Labels) }
