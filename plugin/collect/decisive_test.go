package collect

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestDecisive(t *testing.T) {
	secretRef := func(prefix, name string) corev1.EnvFromSource {
		return corev1.EnvFromSource{Prefix: prefix, SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}}
	}
	configKey := func(variable, name string) corev1.EnvVar {
		return corev1.EnvVar{Name: variable, ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: "k",
		}}}
	}
	mounted := func(path string) []corev1.VolumeMount { return []corev1.VolumeMount{{Name: "v", MountPath: path}} }
	secret := corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "s"}}
	projected := corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
		{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "c"}}},
		{Secret: &corev1.SecretProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "s"}}},
	}}}
	for _, test := range []struct {
		name                string
		container           corev1.Container
		volume              corev1.VolumeSource
		configMaps, secrets []string
	}{
		{name: "nothing"},
		{name: "all keys", container: corev1.Container{EnvFrom: []corev1.EnvFromSource{secretRef("", "s")}}, secrets: []string{"s"}},
		{name: "a prefix that can make AWS_", container: corev1.Container{EnvFrom: []corev1.EnvFromSource{secretRef("AWS_", "a"), secretRef("AW", "b"), secretRef("AWS_ROLE", "c")}}, secrets: []string{"a", "b", "c"}},
		{name: "a prefix that cannot", container: corev1.Container{EnvFrom: []corev1.EnvFromSource{secretRef("APP_", "a"), secretRef("AWX", "b")}}},
		{name: "a prefix that can make HTTP_PROXY", container: corev1.Container{EnvFrom: []corev1.EnvFromSource{secretRef("http_", "a")}}, secrets: []string{"a"}},
		{name: "an AWS variable", container: corev1.Container{Env: []corev1.EnvVar{configKey("AWS_PROFILE", "a"), configKey("https_proxy", "b"), configKey("COLOUR", "c")}}, configMaps: []string{"a", "b"}},
		{name: "a reference without a name", container: corev1.Container{Env: []corev1.EnvVar{configKey("AWS_PROFILE", "")}}},
		{name: "the usual file", container: corev1.Container{VolumeMounts: mounted("/root/.aws")}, volume: secret, secrets: []string{"s"}},
		{name: "in another home", container: corev1.Container{VolumeMounts: mounted("/home/app/.aws/")}, volume: secret, secrets: []string{"s"}},
		{name: "although envFrom may move it", container: corev1.Container{VolumeMounts: mounted("/root/.aws"), EnvFrom: []corev1.EnvFromSource{secretRef("", "e")}}, volume: secret, secrets: []string{"e", "s"}},
		{name: "a projected volume", container: corev1.Container{VolumeMounts: mounted("/root/.aws")}, volume: projected, configMaps: []string{"c"}, secrets: []string{"s"}},
		{name: "where a variable says", container: corev1.Container{VolumeMounts: mounted("/etc/x"), Env: []corev1.EnvVar{{Name: "AWS_SHARED_CREDENTIALS_FILE", Value: "/etc/x/keys"}}}, volume: secret, secrets: []string{"s"}},
		{name: "somewhere else", container: corev1.Container{VolumeMounts: mounted("/etc/x")}, volume: secret},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.container.Name = "app"
			pod := &corev1.Pod{Spec: corev1.PodSpec{Volumes: []corev1.Volume{{Name: "v", VolumeSource: test.volume}}}}
			for _, place := range []string{"container", "init", "ephemeral"} {
				pod.Spec.Containers, pod.Spec.InitContainers, pod.Spec.EphemeralContainers = nil, nil, nil
				switch place {
				case "container":
					pod.Spec.Containers = []corev1.Container{test.container}
				case "init":
					pod.Spec.InitContainers = []corev1.Container{test.container}
				case "ephemeral":
					pod.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon(test.container)}}
				}
				configMaps, secrets := decisive(pod)
				if !slices.Equal(configMaps, test.configMaps) || !slices.Equal(secrets, test.secrets) {
					t.Errorf("%s: ConfigMaps %v, Secrets %v; want %v, %v", place, configMaps, secrets, test.configMaps, test.secrets)
				}
			}
		})
	}
}
