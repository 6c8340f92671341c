package change

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// runAgent puts a ready pod of the Pod Identity agent on a node, as its DaemonSet does.
func runAgent(d *snapshot.Draft, node string) {
	missing := snapshot.AgentMissing(node)
	d.NotFound = slices.DeleteFunc(d.NotFound, func(m snapshot.Missing) bool { return m.Name == missing })
	d.Put(&corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: snapshot.AgentNamespace, Name: missing,
			Labels: map[string]string{snapshot.AgentLabel: snapshot.AgentName}, CreationTimestamp: metav1.NewTime(d.TakenAt),
		},
		Spec:   corev1.PodSpec{NodeName: node, HostNetwork: true, ServiceAccountName: snapshot.AgentName},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}},
	})
}
