package change

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// patchTemplate returns the command that merges a patch into the template of the pod's workload. Lists are
// merged by their keys (strategic merge patch), and null removes a key.
func patchTemplate(pod PodRef, template map[string]any) [][]string {
	resource, ok := pod.Owner.Resource()
	if !ok {
		return nil
	}
	patch, err := workload.TemplatePatch(template)
	if err != nil {
		return nil
	}
	return pod.then(kubectl(pod.Namespace, "patch", resource, "-p", argument(string(patch))))
}

// templateOf names the template that a change edits.
func templateOf(pod PodRef) string {
	if pod.Owner.Kind != "" {
		return "the template of " + pod.owner()
	}
	return "the manifest of pod " + pod.Namespace + "/" + pod.Name
}

// containerOf names a container of that template, and the template only where it is no workload's that a command changes.
func containerOf(pod PodRef, container string) string {
	if _, ok := pod.Owner.Resource(); ok {
		return "container " + container
	}
	return "container " + container + " in " + templateOf(pod)
}

// A templateEdit is a change of the template that a pod is created from.
type templateEdit interface {
	renewal
	edit(*corev1.Pod)
}

// EditsTemplate reports whether a change makes a difference to the template that the pod's workload has; known is false where
// the template was not read, or the change is not about one.
func EditsTemplate(s *snapshot.Snapshot, c Change) (edits, known bool) {
	e, ok := c.(templateEdit)
	if !ok {
		return false, false
	}
	template, ok := e.renews().template(s.Draft())
	if !ok {
		return false, false
	}
	before := template.DeepCopy()
	editTemplate(template, e.edit)
	return !equality.Semantic.DeepEqual(before, template), true
}
