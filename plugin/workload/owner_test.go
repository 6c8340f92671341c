package workload

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestOwnerOf(t *testing.T) {
	yes := true
	for _, test := range []struct {
		kind, name, hash string
		want             Owner
	}{
		{"", "", "", Owner{}},
		{"Node", "n", "", Owner{"Node", "n"}},
		{"ReplicaSet", "web-5d4", "5d4", Owner{"Deployment", "web"}},
		{"ReplicaSet", "web-5d4", "", Owner{"ReplicaSet", "web-5d4"}},
		{"ReplicaSet", "web", "5d4", Owner{"ReplicaSet", "web"}},
		{"StatefulSet", "db", "", Owner{"StatefulSet", "db"}},
		{"Rollout", "x", "", Owner{"Rollout", "x"}},
	} {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "shop", Labels: map[string]string{}}}
		if test.kind != "" {
			pod.OwnerReferences = []metav1.OwnerReference{{Kind: test.kind, Name: test.name, Controller: &yes}}
		}
		if test.hash != "" {
			pod.Labels["pod-template-hash"] = test.hash
		}
		if got := OwnerOf(pod); got != test.want {
			t.Errorf("%s %s: got %v, want %v", test.kind, test.name, got, test.want)
		}
	}
}
