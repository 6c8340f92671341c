package collect

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// decisive returns the names of the ConfigMaps and Secrets that can decide which credentials a container of the pod gets:
// that set a variable that an AWS SDK reads, or a file where one looks.
func decisive(pod *corev1.Pod) (configMaps, secrets []string) {
	asked := map[string]map[string]bool{"configmaps": {}, "secrets": {}}
	note := func(resource string) func(string) inject.Data {
		return func(name string) inject.Data {
			if name != "" {
				asked[resource][name] = true
			}
			return inject.Data{Knowledge: inject.Unreadable}
		}
	}
	sources := inject.Sources{ConfigMap: note("configmaps"), Secret: note("secrets")}
	for _, container := range inject.ContainersOf(pod) {
		// What the kubelet would look up to build the environment is what has to be looked up here.
		inject.EnvironmentOf(pod, readBySDKs(container), sources)
		inject.SharedFiles(pod, container, inject.EnvironmentOf(pod, literal(container), sources), sources)
	}
	return slices.Sorted(maps.Keys(asked["configmaps"])), slices.Sorted(maps.Keys(asked["secrets"]))
}

// readBySDKs is the container with only those sources of variables that an SDK may read.
func readBySDKs(container *corev1.Container) *corev1.Container {
	narrow := &corev1.Container{Name: container.Name}
	for _, variable := range container.Env {
		if sdk.Reads(variable.Name) {
			narrow.Env = append(narrow.Env, variable)
		}
	}
	for _, from := range container.EnvFrom {
		if sdk.ReadsBehind(from.Prefix) {
			narrow.EnvFrom = append(narrow.EnvFrom, from)
		}
	}
	return narrow
}

// literal is the container with only those variables whose value is known without looking anything up: what a source that
// is not read yet may say does not move the files yet.
func literal(container *corev1.Container) *corev1.Container {
	narrow := &corev1.Container{Name: container.Name}
	for _, variable := range container.Env {
		if variable.ValueFrom == nil {
			narrow.Env = append(narrow.Env, variable)
		}
	}
	return narrow
}
