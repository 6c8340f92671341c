package plugin_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
)

// manyPods returns a snapshot file of that many pods, each with a service account and a role of its own,
// every tenth of them broken by its trust policy.
func manyPods(tb testing.TB, count int) []byte {
	tb.Helper()
	data, err := os.ReadFile("../testdata/check/irsa.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	base, _, err := evidence.Read(data)
	if err != nil {
		tb.Fatal(err)
	}
	draft := base.Draft()
	pod, _ := base.Pod("shop", "web-0").Get()
	account, _ := base.ServiceAccount("shop", "web").Get()
	role := draft.AWS.Roles[0]
	for i := range count {
		name := fmt.Sprintf("web-%d", i+1)
		rename := func(text string) string {
			return string(bytes.ReplaceAll(bytes.ReplaceAll([]byte(text), []byte("role/web"), []byte("role/"+name)), []byte("shop:web"), []byte("shop:"+name)))
		}
		p := pod.DeepCopy()
		p.Name, p.Spec.ServiceAccountName, p.OwnerReferences = name, name, nil
		for j := range p.Spec.Containers[0].Env {
			p.Spec.Containers[0].Env[j].Value = rename(p.Spec.Containers[0].Env[j].Value)
		}
		a := account.DeepCopy()
		a.Name = name
		a.Annotations = map[string]string{"eks.amazonaws.com/role-arn": rename(role.Arn)}
		r := role
		r.RoleName, r.Arn = name, rename(role.Arn)
		r.AssumeRolePolicyDocument = evidence.PolicyDocument(rename(string(role.AssumeRolePolicyDocument)))
		if i%10 == 0 {
			r.AssumeRolePolicyDocument = role.AssumeRolePolicyDocument
		}
		draft.Put(p)
		draft.Put(a)
		draft.AWS.Roles = append(draft.AWS.Roles, r)
	}
	text, err := draft.Snapshot().JSON()
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// TestManyPods holds that many pods get each its own answer.
func TestManyPods(t *testing.T) {
	s, _, err := evidence.Read(manyPods(t, 50))
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[check.Verdict]int{}
	for _, r := range plugin.DiagnoseAll(s, "shop", labels.Everything(), check.Options{}) {
		verdicts[r.Verdict]++
	}
	if verdicts[check.Works] != 46 || verdicts[check.Broken] != 5 {
		t.Errorf("verdicts %v, want 46 that work and 5 that are broken", verdicts)
	}
}

func BenchmarkRead1000Pods(b *testing.B) {
	text := manyPods(b, 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, _, err := evidence.Read(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExplain1000Pods(b *testing.B) {
	s, _, err := evidence.Read(manyPods(b, 1000))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		plugin.DiagnoseAll(s, "", labels.Everything(), check.Options{})
	}
}

func BenchmarkExplainOnePod(b *testing.B) {
	s, _, err := evidence.Read(manyPods(b, 1))
	if err != nil {
		b.Fatal(err)
	}
	pods := evidence.ObjectsOf[*corev1.Pod](s)
	for b.Loop() {
		check.Judge(s, pods[0], false, check.Options{})
	}
}
