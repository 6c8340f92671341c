package cmd_test

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// uncalled are actions that IAM asks for without a call of their name.
var uncalled = []string{"iam:TagRole", "iam:PassRole"}

// TestBindPermissions makes every kind of change with the permissions of the README: they are enough, and each is used.
func TestBindPermissions(t *testing.T) {
	b := newBinding(t)
	const readme = "../README.md"
	reads, writes := testbed.ReadmeRules(t, readme, "clusterrole"), testbed.ReadmeRules(t, readme, "clusterrole-bind")
	user := b.cluster.User(t, "binder-"+b.namespace, slices.Concat(reads, writes)...)
	b.as(t, user)
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "other")
	b.aws.Role(t, testbed.Account, "old", b.used())
	b.agent(t)
	b.kubectl(t, "bind", "web", "web", "--create-serviceaccount", "--create-role", "--policy-arn", edgePolicy, "--tags", "team=shop", "--yes").did(t)
	b.kubectl(t, "unbind", "web", "--yes").did(t)
	b.workload(t)
	for kind, manifest := range map[string]string{"StatefulSet": `serviceName: db`, "DaemonSet": ""} {
		b.cluster.Create(t, b.namespace, `
apiVersion: apps/v1
kind: `+kind+`
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {serviceAccountName: web, containers: [{name: app, image: "example.com/app:1"}]}
  `+manifest+`
`)
		b.ownedPod(t, strings.ToLower(kind)+"-0", kind, "db")
	}
	b.ownedPod(t, "lone-0", "ReplicaSet", "lone")

	b.kubectl(t, "bind", "web", "web", "--restart", "--yes").did(t,
		"deployment/web restarted", "statefulset/db restarted", "daemonset/db restarted", "pod/lone-0 deleted")
	b.kubectl(t, "unbind", "web", "--yes").did(t)
	b.kubectl(t, "bind", "web", "web", "--pod-identity", "--yes").did(t)
	b.kubectl(t, "bind", "web", "old", "--pod-identity", "--yes").did(t)
	b.kubectl(t, "unbind", "web", "--yes").did(t)
	b.cluster.ServiceAccount(t, b.namespace, "last", nil)
	b.kubectl(t, "bind", "last", "last", "--create-role", "--yes").did(t)
	b.setTrustOf(t, "old", strings.ReplaceAll(b.used(), b.host, "elsewhere.example.com"))
	b.kubectl(t, "unbind", "last", "--delete-provider", "--yes").did(t)
	b.kubectl(t, "bind", "last", "last", "--yes").did(t)

	used := map[string]bool{}
	for _, call := range b.proxy.Calls() {
		resource, _, _ := strings.Cut(strings.TrimPrefix(call.Path[strings.Index(call.Path, "/namespaces/")+1:], "namespaces/"+b.namespace+"/"), "/")
		resource, _, _ = strings.Cut(resource, "?")
		used[call.Operation+" "+resource] = true
	}
	for _, rule := range writes {
		for _, resource := range rule.Resources {
			for _, verb := range rule.Verbs {
				if !used[verb+" "+resource] {
					t.Errorf("README.md asks for %s of %s, which nothing uses", verb, resource)
				}
			}
		}
	}
	binding := testbed.ReadmeActions(t, readme, "iampolicy-bind")
	asked := slices.Concat(testbed.ReadmeActions(t, readme, "iampolicy"), binding)
	called := map[string]bool{}
	for _, call := range b.aws.Calls() {
		called[call.Name()] = true
		if !slices.Contains(asked, call.Name()) {
			t.Errorf("%s is called, and README.md does not ask for it", call.Name())
		}
	}
	for _, action := range binding {
		if !called[action] && !slices.Contains(uncalled, action) {
			t.Errorf("README.md asks for %s, which nothing calls", action)
		}
	}
}

// ownedPod makes a pod of the service account web that a controller of that kind has made.
func (b *binding) ownedPod(t *testing.T, name, kind, owner string) {
	t.Helper()
	pod := b.plain(name, "web", owner)
	yes := true
	pod.Labels = map[string]string{"app": owner}
	pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: kind, Name: owner, UID: "0c0ffee1", Controller: &yes}}
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	b.cluster.Pod(t, pod)
}
