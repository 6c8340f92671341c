package subject

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// Admit returns a pod as it is after it is submitted now: with what the webhook changes, or as it
// is where the webhook is known not to be called or not to answer.
func Admit(s *snapshot.Snapshot, pod *corev1.Pod) *corev1.Pod {
	pod = pod.DeepCopy()
	pod.Spec.ServiceAccountName = workload.ServiceAccountName(pod)
	if registered, known := registrations(s).Get(); known && !WebhookAnswers(s, registered, pod) {
		return pod
	}
	account, _ := s.ServiceAccount(pod.Namespace, pod.Spec.ServiceAccountName).Get()
	list, _ := associations(s, pod.Namespace, pod.Spec.ServiceAccountName).Get()
	return inject.Predict(settings(s, pod), account, pod, len(list) > 0)
}
