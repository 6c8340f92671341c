package change

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// AnnotateTemplate sets an annotation of a workload's template, or removes it where Value is empty; that
// recreates its pods.
type AnnotateTemplate struct {
	Pod        PodRef
	Key, Value string
}

func (c AnnotateTemplate) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c AnnotateTemplate) Summary() string {
	if c.Value == "" {
		return "remove annotation " + c.Key + " from " + templateOf(c.Pod)
	}
	return "set annotation " + c.Key + "=" + c.Value + " in " + templateOf(c.Pod)
}

// Commands implements [Change].
func (c AnnotateTemplate) Commands() [][]string {
	var value any
	if c.Value != "" {
		value = c.Value
	}
	return patchTemplate(c.Pod, map[string]any{"metadata": map[string]any{"annotations": map[string]any{c.Key: value}}})
}

// Diff implements [Change].
func (c AnnotateTemplate) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c AnnotateTemplate) Done() string { return c.Object().String() + " patched" }

// Object implements [Change].
func (c AnnotateTemplate) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c AnnotateTemplate) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c AnnotateTemplate) edit(pod *corev1.Pod) {
	if c.Value == "" {
		delete(pod.Annotations, c.Key)
		return
	}
	if pod.Annotations == nil {
		pod.Annotations = map[string]string{}
	}
	pod.Annotations[c.Key] = c.Value
}
