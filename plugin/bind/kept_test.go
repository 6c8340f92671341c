package bind

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// TestMarksKept holds that a snapshot keeps every mark by which the program that manages a service account is known.
func TestMarksKept(t *testing.T) {
	for _, s := range sources {
		var marked []metav1.ObjectMeta
		for _, label := range s.labels {
			key, value, _ := strings.Cut(label, "=")
			marked = append(marked, metav1.ObjectMeta{Labels: map[string]string{key: value}})
		}
		for _, manager := range s.managers {
			marked = append(marked, metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{{Manager: manager, FieldsV1: metav1.NewFieldsV1(`{"f:secrets":{}}`)}}})
		}
		for _, key := range s.keys {
			text := `{"f:metadata":{"f:annotations":{"f:` + key + `":{}}}}`
			marked = append(marked, metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "x", FieldsV1: metav1.NewFieldsV1(text)}}})
		}
		for _, meta := range marked {
			meta.Namespace, meta.Name = "shop", "web"
			kept, _ := snapshot.New(snapshot.Document{Kubernetes: []snapshot.Object{&corev1.ServiceAccount{ObjectMeta: meta}}}).ServiceAccount("shop", "web").Get()
			if found := managerOf(kept); found == nil || found.name != s.name {
				t.Errorf("%s is not known by %+v, of which %+v is kept", s.name, meta, kept.ObjectMeta)
			}
		}
	}
}
