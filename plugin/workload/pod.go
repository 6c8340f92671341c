package workload

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// NewestFirst orders the pods of a workload. Those that are being deleted come last: they are not what it is now.
func NewestFirst(a, b *corev1.Pod) int {
	going := func(pod *corev1.Pod) int {
		if pod.DeletionTimestamp != nil {
			return 1
		}
		return 0
	}
	return cmp.Or(going(a)-going(b), b.CreationTimestamp.Compare(a.CreationTimestamp.Time), cmp.Compare(a.Name, b.Name))
}

// PlainPod is a pod with nothing in it but a service account, for a service account that no pod runs under.
func PlainPod(namespace, serviceAccount string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "new-pod-of-" + serviceAccount},
		Spec:       corev1.PodSpec{ServiceAccountName: serviceAccount, Containers: []corev1.Container{{Name: "app", Image: "app"}}},
	}
}
