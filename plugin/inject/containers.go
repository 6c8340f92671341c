package inject

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// ContainersOf are all containers of a pod in the order in which Read tells of them: those that go before, its own, and
// the ephemeral ones, as containers.
func ContainersOf(pod *corev1.Pod) []*corev1.Container {
	var all []*corev1.Container
	for i := range pod.Spec.InitContainers {
		all = append(all, &pod.Spec.InitContainers[i])
	}
	for i := range pod.Spec.Containers {
		all = append(all, &pod.Spec.Containers[i])
	}
	for i := range pod.Spec.EphemeralContainers {
		c := corev1.Container(pod.Spec.EphemeralContainers[i].EphemeralContainerCommon)
		all = append(all, &c)
	}
	return all
}

// typeAt is the type of one of ContainersOf.
func typeAt(pod *corev1.Pod, i int) ContainerType {
	switch {
	case i < len(pod.Spec.InitContainers):
		return Init
	case i < len(pod.Spec.InitContainers)+len(pod.Spec.Containers):
		return Ordinary
	default:
		return Ephemeral
	}
}

func volumeOf(pod *corev1.Pod, name string) *corev1.Volume {
	i := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == name })
	if i < 0 {
		return nil
	}
	return &pod.Spec.Volumes[i]
}

func mountOf(c *corev1.Container, volume string) *string {
	for i := range c.VolumeMounts {
		if c.VolumeMounts[i].Name == volume {
			return &c.VolumeMounts[i].MountPath
		}
	}
	return nil
}
