package inject

import (
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// Predict returns the pod as the webhook leaves it: what the API server admits but for its own
// defaults and the additions of other webhooks. The service account is the pod's own, nil where it
// does not exist; association says that the webhook knows a Pod Identity association for it, which
// beats every annotation. Neither pod nor sa is changed.
//
// With an association and the default expiration of 86400 s the webhook picks a random one from 79200
// on; Predict says 86400, and Compare takes any of these for it.
func Predict(s Settings, sa *corev1.ServiceAccount, pod *corev1.Pod, association bool) *corev1.Pod {
	admitted := pod.DeepCopy()
	if _, out := pod.Labels[s.OptOutLabel]; out && s.OptOutLabel != "" {
		return admitted
	}
	patch, ok := s.patch(sa, pod, association)
	if !ok {
		return admitted
	}
	skipped := Skipped(pod, s.AnnotationPrefix)
	for _, containers := range [][]corev1.Container{admitted.Spec.InitContainers, admitted.Spec.Containers} {
		for i := range containers {
			if !skipped[containers[i].Name] {
				patch.apply(&containers[i])
			}
		}
	}
	if !hasVolume(admitted, patch.volume.Name) {
		admitted.Spec.Volumes = append([]corev1.Volume{patch.volume}, admitted.Spec.Volumes...)
	}
	if association {
		if admitted.Labels == nil {
			admitted.Labels = make(map[string]string)
		}
		admitted.Labels[podIdentityLabel] = "enabled"
	}
	return admitted
}

// A patch is what the webhook adds to one pod.
type patch struct {
	volume      corev1.Volume
	mountPath   string
	credentials []corev1.EnvVar // added where none of them is there
	region      string
	regionalSTS bool
}

func (s Settings) patch(sa *corev1.ServiceAccount, pod *corev1.Pod, association bool) (patch, bool) {
	namespace, name := pod.Namespace, workload.ServiceAccountName(pod)
	if namespace == "" && sa != nil {
		namespace = sa.Namespace // a template names none
	}
	if association {
		b := s.forPodIdentity(sa, namespace, name)
		file := tokenPath(PodIdentityMount, podIdentityToken, pod)
		return patch{
			volume:    tokenVolume(PodIdentityVolume, podIdentityToken, PodIdentityAudience, s.expiration(pod.Annotations, b.TokenExpiration)),
			mountPath: PodIdentityMount,
			credentials: []corev1.EnvVar{
				{Name: fullURIVariable, Value: s.ContainerURI},
				{Name: authorizationVariable, Value: file},
			},
			region:      s.Region,
			regionalSTS: b.RegionalSTS,
		}, true
	}
	b := s.Binding(sa, namespace, name)
	if b.RoleARN == "" {
		return patch{}, false
	}
	file := tokenPath(s.MountPath, webIdentityToken, pod)
	return patch{
		volume:    tokenVolume(WebIdentityVolume, webIdentityToken, b.Audience, s.expiration(pod.Annotations, b.TokenExpiration)),
		mountPath: s.MountPath,
		credentials: []corev1.EnvVar{
			{Name: roleVariable, Value: b.RoleARN},
			{Name: tokenFileVariable, Value: file},
		},
		region:      s.Region,
		regionalSTS: b.RegionalSTS,
	}, true
}

// apply does to one container what the webhook does. It looks at env alone, never at envFrom, takes a
// name for there whatever its value is, and leaves a container that has one variable of each group as
// it is, mount included.
func (p patch) apply(c *corev1.Container) {
	credentials := hasVariable(c, p.credentials[0].Name, p.credentials[1].Name)
	region := hasVariable(c, regionVariable, defaultRegionVariable)
	sts := hasVariable(c, stsVariable)
	if credentials && region && sts {
		return
	}
	if !sts && p.regionalSTS {
		c.Env = append(c.Env, corev1.EnvVar{Name: stsVariable, Value: "regional"})
	}
	if !region && p.region != "" {
		c.Env = append(c.Env,
			corev1.EnvVar{Name: defaultRegionVariable, Value: p.region},
			corev1.EnvVar{Name: regionVariable, Value: p.region})
	}
	if !credentials {
		c.Env = append(c.Env, p.credentials...)
	}
	for _, mount := range c.VolumeMounts {
		if mount.Name == p.volume.Name {
			return
		}
	}
	c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: p.volume.Name, ReadOnly: true, MountPath: p.mountPath})
}

func tokenVolume(name, file, audience string, expiration int64) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
		Sources: []corev1.VolumeProjection{{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{
			Audience:          audience,
			ExpirationSeconds: &expiration,
			Path:              file,
		}}},
	}}}
}

// tokenPath returns the path of the token as the container's variable has it. Only a nodeSelector
// makes it a Windows path: the webhook looks neither at affinity nor at spec.os.
func tokenPath(mount, file string, pod *corev1.Pod) string {
	unix := path.Join(mount, file)
	if pod.Spec.NodeSelector["kubernetes.io/os"] != "windows" && pod.Spec.NodeSelector["beta.kubernetes.io/os"] != "windows" {
		return unix
	}
	return windowsPath(unix)
}

func windowsPath(unix string) string {
	return `C:` + strings.ReplaceAll(unix, "/", `\`)
}

func hasVariable(c *corev1.Container, names ...string) bool {
	for _, v := range c.Env {
		for _, name := range names {
			if v.Name == name {
				return true
			}
		}
	}
	return false
}

func hasVolume(pod *corev1.Pod, name string) bool {
	for _, v := range pod.Spec.Volumes {
		if v.Name == name {
			return true
		}
	}
	return false
}
