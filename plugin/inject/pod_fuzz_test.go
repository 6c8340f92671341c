package inject

import (
	"encoding/json"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

// FuzzPod: no pod, however broken, stops the reading of it, changes it, or admits differently twice.
func FuzzPod(f *testing.F) {
	for i, p := range pairs(f) {
		if i%5 == 0 {
			f.Add([]byte(asJSON(p.Admitted)), p.PodIdentityAssociation)
		}
	}
	f.Add([]byte(`{"spec":{"volumes":[{"name":"aws-iam-token","projected":{"sources":[{},{"serviceAccountToken":{}}]}}],
		"containers":[{"env":[{"name":"AWS_ROLE_ARN"},{"name":"AWS_WEB_IDENTITY_TOKEN_FILE","value":"C:\\"}],
		"envFrom":[{}],"volumeMounts":[{"name":"aws-iam-token","mountPath":""},{"name":"x","mountPath":"/"}]}]}}`), false)
	account := account(map[string]string{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/a"})
	f.Fuzz(func(t *testing.T, text []byte, association bool) {
		var pod corev1.Pod
		if json.Unmarshal(text, &pod) != nil {
			return
		}
		before := pod.DeepCopy()
		Read(&pod, DefaultPrefix)
		compare(&pod, Undo(&pod, DefaultPrefix))
		once := Predict(EKS("us-west-2"), account, &pod, association)
		for i := range once.Spec.Containers {
			c := &once.Spec.Containers[i]
			env := EnvironmentOf(once, c, Sources{})
			credentials, config := SharedFiles(once, c, env, Sources{})
			Offers(env, ProfilesOf(env, credentials, config))
		}
		if !equality.Semantic.DeepEqual(before, &pod) {
			t.Fatal("the pod was changed")
		}
		twice := Predict(EKS("us-west-2"), account, once, association)
		if differences := compare(once, twice); len(differences) > 0 {
			t.Errorf("admitted twice it differs: %s", asJSON(differences))
		}
	})
}
