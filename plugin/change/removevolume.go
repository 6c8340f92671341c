package change

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// RemoveVolume removes a volume and its mounts from a workload's template, which recreates its pods.
type RemoveVolume struct {
	Pod  PodRef
	Name string
	// Mounts are the paths at which containers mount it.
	Mounts []VolumeMount
}

// A VolumeMount is where a container mounts a volume.
type VolumeMount struct {
	Container string
	Init      bool // the container is an init container
	Path      string
}

func (c RemoveVolume) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c RemoveVolume) Summary() string {
	return "remove volume " + c.Name + " and its mounts from " + templateOf(c.Pod)
}

// Commands implements [Change].
func (c RemoveVolume) Commands() [][]string {
	spec := map[string]any{"volumes": []any{removed("name", c.Name)}}
	for list, init := range map[string]bool{"containers": false, "initContainers": true} {
		if containers := c.unmounted(init); len(containers) > 0 {
			spec[list] = containers
		}
	}
	return patchTemplate(c.Pod, map[string]any{"spec": spec})
}

// removed is how a strategic merge patch removes the entry with that key from a list.
func removed(key, value string) map[string]any {
	return map[string]any{"$patch": "delete", key: value}
}

// unmounted are the entries of one of the pod's lists of containers, each with the mounts to remove.
func (c RemoveVolume) unmounted(init bool) []any {
	mounts := map[string][]any{}
	var containers []any
	for _, m := range c.Mounts {
		if m.Init != init {
			continue
		}
		if _, seen := mounts[m.Container]; !seen {
			containers = append(containers, map[string]any{"name": m.Container})
		}
		mounts[m.Container] = append(mounts[m.Container], removed("mountPath", m.Path))
	}
	for _, entry := range containers {
		entry := entry.(map[string]any)
		entry["volumeMounts"] = mounts[entry["name"].(string)]
	}
	return containers
}

// Diff implements [Change].
func (c RemoveVolume) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c RemoveVolume) Done() string { return c.Object().String() + " patched" }

// Object implements [Change].
func (c RemoveVolume) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c RemoveVolume) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c RemoveVolume) edit(pod *corev1.Pod) {
	pod.Spec.Volumes = slices.DeleteFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == c.Name })
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			list[i].VolumeMounts = slices.DeleteFunc(list[i].VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == c.Name })
		}
	}
}
