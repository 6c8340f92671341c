package collect

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestOrTemplate holds that a template in a file counts as the API server would store it: the account that is read is
// that of the pod to come.
func TestOrTemplate(t *testing.T) {
	for _, c := range []struct {
		name string
		spec corev1.PodSpec
		want string
	}{
		{"the field's older name", corev1.PodSpec{DeprecatedServiceAccount: "web"}, "web"},
		{"both names", corev1.PodSpec{DeprecatedServiceAccount: "old", ServiceAccountName: "web"}, "web"},
		{"neither", corev1.PodSpec{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			template := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Name: "ignored"}, Spec: c.spec}
			made := orTemplate("shop", template, nil)[0]
			if made.Spec.ServiceAccountName != c.want || made.Namespace != "shop" || made.Name != "" {
				t.Errorf("pod %s/%q under %q, want shop/\"\" under %q", made.Namespace, made.Name, made.Spec.ServiceAccountName, c.want)
			}
		})
	}
	running := []*corev1.Pod{{ObjectMeta: metav1.ObjectMeta{Name: "web-0"}}}
	if pods := orTemplate("shop", corev1.PodTemplateSpec{}, running); len(pods) != 1 || pods[0] != running[0] {
		t.Errorf("%d pods, want the running one alone", len(pods))
	}
}
