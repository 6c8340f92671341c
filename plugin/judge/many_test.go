package judge_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// manyPods returns a snapshot file of that many pods, each with a service account and a role of its own,
// every tenth of them broken by its trust policy.
func manyPods(tb testing.TB, count int) []byte {
	tb.Helper()
	data, err := os.ReadFile("../../testdata/check/irsa.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	base, _, err := snapshot.Read(data)
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
		r.AssumeRolePolicyDocument = snapshot.PolicyDocument(rename(string(role.AssumeRolePolicyDocument)))
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
	s, _, err := snapshot.Read(manyPods(t, 50))
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[judge.Verdict]int{}
	for _, r := range judge.DiagnoseAll(s, "shop", labels.Everything(), judge.Options{}) {
		verdicts[r.Verdict]++
	}
	if verdicts[judge.Works] != 46 || verdicts[judge.Broken] != 5 {
		t.Errorf("verdicts %v, want 46 that work and 5 that are broken", verdicts)
	}
}

func BenchmarkRead1000Pods(b *testing.B) {
	text := manyPods(b, 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, _, err := snapshot.Read(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExplain1000Pods(b *testing.B) {
	s, _, err := snapshot.Read(manyPods(b, 1000))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		judge.DiagnoseAll(s, "", labels.Everything(), judge.Options{})
	}
}

func BenchmarkExplainOnePod(b *testing.B) {
	s, _, err := snapshot.Read(manyPods(b, 1))
	if err != nil {
		b.Fatal(err)
	}
	pods := snapshot.ObjectsOf[*corev1.Pod](s)
	for b.Loop() {
		judge.Judge(s, pods[0], false, judge.Options{})
	}
}

// TestNewestPod holds that a workload is answered by its newest pod, and by one that is being deleted only if there is no other.
func TestNewestPod(t *testing.T) {
	base := cases.Patched(t, "irsa", nil)
	pod, ok := base.Pod("shop", "web-0").Get()
	if !ok {
		t.Fatal("the base has no pod shop/web-0")
	}
	draft := base.Draft()
	leaving := metav1.NewTime(pod.CreationTimestamp.Add(time.Hour))
	for name, age := range map[string]time.Duration{"web-1": time.Minute, "web-2": 2 * time.Minute} {
		p := pod.DeepCopy()
		p.Name, p.CreationTimestamp = name, metav1.NewTime(pod.CreationTimestamp.Add(age))
		if name == "web-2" {
			p.DeletionTimestamp = &leaving
		}
		draft.Put(p)
	}
	report, err := judge.Diagnose(draft.Snapshot(), workload.Target{Kind: "ServiceAccount", Namespace: "shop", Name: "web"}, judge.Options{})
	if err != nil || report.Pod != "web-1" || report.Pods.Total != 3 {
		t.Errorf("answered by %+v, %v", report, err)
	}
}
