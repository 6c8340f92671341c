package inject

import corev1 "k8s.io/api/core/v1"

// A view is a pod with what is looked up again and again, found once: a pod may have very many
// containers and volumes.
type view struct {
	pod        *corev1.Pod
	volumes    map[string]*corev1.Volume
	skipped    map[string]bool // by the annotation
	windows    bool            // by the pod's own words
	commonUser *int64          // the one user of all containers
}

func viewOf(pod *corev1.Pod, prefix string) view {
	v := view{
		pod:        pod,
		volumes:    make(map[string]*corev1.Volume, len(pod.Spec.Volumes)),
		skipped:    Skipped(pod, prefix),
		windows:    asksForWindows(pod),
		commonUser: commonUser(pod),
	}
	for i := range pod.Spec.Volumes {
		v.volumes[pod.Spec.Volumes[i].Name] = &pod.Spec.Volumes[i]
	}
	return v
}

func (v view) volume(name string) *corev1.Volume { return v.volumes[name] }
