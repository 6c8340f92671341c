package inject

import (
	"path"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Undo returns the pod without what the webhook added, as far as that can be told from the pod alone:
// about what its manifest says, and what a pod recreated from it would be submitted as. What a
// manifest sets exactly as the webhook would goes as well; Predict adds it again. The pod given is not
// changed.
func Undo(pod *corev1.Pod, prefix string) *corev1.Pod {
	submitted := pod.DeepCopy()
	skipped := Skipped(pod, prefix)
	for _, m := range mechanisms {
		for _, containers := range [][]corev1.Container{submitted.Spec.InitContainers, submitted.Spec.Containers} {
			for i := range containers {
				if !skipped[containers[i].Name] {
					m.undo(&containers[i])
				}
			}
		}
		submitted.Spec.Volumes = slices.DeleteFunc(submitted.Spec.Volumes, m.isInjectedVolume)
	}
	if submitted.Labels[podIdentityLabel] == "enabled" {
		delete(submitted.Labels, podIdentityLabel)
	}
	return submitted
}

func (m marks) undo(c *corev1.Container) {
	from, to := m.injected(c)
	file := "" // of an injected pair
	if pair := m.injectedPair(c); pair >= 0 {
		file = unixPath(c.Env[pair+1].Value)
	}
	c.Env = slices.Delete(c.Env, from, to)
	c.VolumeMounts = slices.DeleteFunc(c.VolumeMounts, func(mount corev1.VolumeMount) bool {
		return mount.Name == m.volume && mount.ReadOnly && mount.SubPath == "" && mount.SubPathExpr == "" &&
			(mount.MountPath == m.mountPath || file == path.Join(mount.MountPath, m.token))
	})
}

// isInjectedVolume reports whether the volume is of the shape that the webhook gives it.
func (m marks) isInjectedVolume(v corev1.Volume) bool {
	if v.Name != m.volume || v.Projected == nil || len(v.Projected.Sources) != 1 {
		return false
	}
	token := v.Projected.Sources[0].ServiceAccountToken
	return token != nil && token.Path == m.token && token.ExpirationSeconds != nil
}
