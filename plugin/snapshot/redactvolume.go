package snapshot

import corev1 "k8s.io/api/core/v1"

// keptVolume keeps what may put a shared file of AWS or a token into a container, or opens the node to it. A volume of
// another kind keeps its name alone.
func keptVolume(o *corev1.VolumeSource) (kept corev1.VolumeSource) {
	switch {
	case o.Secret != nil:
		kept.Secret = &corev1.SecretVolumeSource{SecretName: o.Secret.SecretName, Items: keptItems(o.Secret.Items)}
	case o.ConfigMap != nil:
		kept.ConfigMap = &corev1.ConfigMapVolumeSource{LocalObjectReference: local(o.ConfigMap.Name), Items: keptItems(o.ConfigMap.Items)}
	case o.Projected != nil:
		kept.Projected = keptProjected(o.Projected)
	case o.HostPath != nil:
		kept.HostPath = &corev1.HostPathVolumeSource{Path: o.HostPath.Path}
	case o.PersistentVolumeClaim != nil:
		kept.PersistentVolumeClaim = &corev1.PersistentVolumeClaimVolumeSource{ClaimName: o.PersistentVolumeClaim.ClaimName}
	case o.EmptyDir != nil:
		kept.EmptyDir = &corev1.EmptyDirVolumeSource{}
	case o.CSI != nil:
		kept.CSI = &corev1.CSIVolumeSource{Driver: o.CSI.Driver}
	}
	return kept
}

func keptItems(list []corev1.KeyToPath) []corev1.KeyToPath {
	var kept []corev1.KeyToPath
	for _, item := range list {
		kept = append(kept, corev1.KeyToPath{Key: item.Key, Path: item.Path})
	}
	return kept
}

func keptProjected(o *corev1.ProjectedVolumeSource) *corev1.ProjectedVolumeSource {
	kept := &corev1.ProjectedVolumeSource{DefaultMode: o.DefaultMode, DefaultUser: o.DefaultUser}
	for i := range o.Sources {
		source, one := &o.Sources[i], corev1.VolumeProjection{}
		switch {
		case source.Secret != nil:
			one.Secret = &corev1.SecretProjection{LocalObjectReference: local(source.Secret.Name), Items: keptItems(source.Secret.Items)}
		case source.ConfigMap != nil:
			one.ConfigMap = &corev1.ConfigMapProjection{LocalObjectReference: local(source.ConfigMap.Name), Items: keptItems(source.ConfigMap.Items)}
		case source.ServiceAccountToken != nil:
			t := source.ServiceAccountToken
			one.ServiceAccountToken = &corev1.ServiceAccountTokenProjection{
				Audience: t.Audience, ExpirationSeconds: t.ExpirationSeconds, Path: t.Path, User: t.User,
			}
		}
		kept.Sources = append(kept.Sources, one)
	}
	return kept
}
