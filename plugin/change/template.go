package change

import "github.com/kubectl-irsa/kubectl-irsa/plugin/workload"

// patchTemplate returns the command that merges a patch into the template of the pod's workload. Lists are
// merged by their keys (strategic merge patch), and null takes a key out.
func patchTemplate(pod PodRef, template map[string]any) [][]string {
	resource, ok := pod.Owner.Resource()
	if !ok {
		return nil
	}
	patch, err := workload.TemplatePatch(template)
	if err != nil {
		return nil
	}
	return [][]string{kubectl(pod.Namespace, "patch", resource, "-p", string(patch))}
}

// templateOf names the template that a change is made in.
func templateOf(pod PodRef) string {
	if resource, ok := pod.Owner.Resource(); ok {
		return "the template of " + resource
	}
	return "the manifest of pod " + pod.Namespace + "/" + pod.Name
}
