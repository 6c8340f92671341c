package workload

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Names are the names under which a pod's workload is known: its owner, and the usual labels.
func Names(pod *corev1.Pod) []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	add(OwnerOf(pod).Name)
	for _, label := range []string{"app.kubernetes.io/name", "app.kubernetes.io/instance", "app", "k8s-app", "name"} {
		add(pod.Labels[label])
	}
	return names
}
