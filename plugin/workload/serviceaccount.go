package workload

import corev1 "k8s.io/api/core/v1"

// DefaultServiceAccount is the service account of a pod that names none.
const DefaultServiceAccount = "default"

// ServiceAccountName returns the name of the service account that a pod runs under.
func ServiceAccountName(pod *corev1.Pod) string {
	if pod.Spec.ServiceAccountName == "" {
		return DefaultServiceAccount
	}
	return pod.Spec.ServiceAccountName
}

// NameServiceAccount sets a pod's serviceAccountName where only the older field serviceAccount is set, as the API
// server does.
func NameServiceAccount(spec *corev1.PodSpec) {
	if spec.ServiceAccountName == "" {
		spec.ServiceAccountName = spec.DeprecatedServiceAccount
	}
}
