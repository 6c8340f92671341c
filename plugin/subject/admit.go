package subject

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Admit returns what becomes of a pod that is submitted now: what the webhook makes of it, or the pod as it
// is where the webhook is known not to be called or not to answer.
func Admit(s *snapshot.Snapshot, pod *corev1.Pod) *corev1.Pod {
	pod = pod.DeepCopy()
	if pod.Spec.ServiceAccountName == "" {
		pod.Spec.ServiceAccountName = "default"
	}
	if registered, known := registrations(s).Get(); known && !Answers(s, registered, pod) {
		return pod
	}
	account, _ := s.ServiceAccount(pod.Namespace, pod.Spec.ServiceAccountName).Get()
	list, _ := associations(s, pod.Namespace, pod.Spec.ServiceAccountName).Get()
	return inject.Predict(inject.EKS(s.Cluster().Region), account, pod, len(list) > 0)
}
