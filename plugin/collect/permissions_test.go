package collect_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// TestPermissions holds the README's permissions against what is really called: with them nothing is
// refused, and each of them is used.
func TestPermissions(t *testing.T) {
	rules, actions := testbed.ReadmeRules(t, "../../README.md", "clusterrole"), testbed.ReadmeActions(t, "../../README.md", "iampolicy")
	w := newWorld(t)
	targets := w.stories(t)
	user := w.cluster.User(t, "reader-"+w.namespace)
	w.cluster.Grant(t, user, "", rules...)
	w.reader = w.readAs(t, user)
	w.forget()
	requests := []collect.Request{{Namespace: w.namespace, Cluster: prod, Everything: true, Wide: true}, {AllNamespaces: true, Cluster: prod}}
	mistyped := w.request("Pod/web-0")
	mistyped.Cluster.Name = "prdo"
	requests = append(requests, mistyped)
	for _, target := range targets {
		r := w.request(target)
		r.Wide = true
		requests = append(requests, r)
	}
	for _, r := range requests {
		s := w.collect(t, r)
		for _, m := range s.Document().Unreadable {
			// What other tests left behind in the cluster may be unreadable for reasons of its own.
			if strings.Contains(m.Error, "forbidden") || strings.Contains(m.Error, "AccessDenied") {
				t.Errorf("%v: %s %s was refused: %s", r.Targets, m.Resource, m.Name, m.Error)
			}
		}
	}
	used := map[string]bool{}
	for _, call := range w.proxy.Calls() {
		used[call.Operation+" "+resourceOf(call.Path)] = true
	}
	for _, rule := range rules {
		for _, resource := range append(slices.Clone(rule.Resources), rule.NonResourceURLs...) {
			for _, verb := range rule.Verbs {
				if !used[verb+" "+resource] {
					t.Errorf("README.md asks for %s of %s, which nothing uses", verb, resource)
				}
			}
		}
	}
	called := map[string]bool{}
	for _, call := range w.aws.Calls() {
		called[call.Service+":"+call.Operation] = true
	}
	for action := range called {
		if !slices.Contains(actions, action) {
			t.Errorf("%s is called, and README.md does not ask for it", action)
		}
	}
	for _, action := range actions {
		if !called[action] {
			t.Errorf("README.md asks for %s, which nothing calls", action)
		}
	}
}

// resourceOf returns the resource that a path of the API speaks of, or the path where it is none.
func resourceOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch parts[0] {
	case "api":
		parts = parts[2:]
	case "apis":
		parts = parts[3:]
	default:
		return path
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		parts = parts[2:]
	}
	return parts[0]
}

// stories makes pods that need everything that is ever read, and returns the targets to ask about.
func (w *world) stories(t *testing.T) []string {
	t.Helper()
	w.aws.SetCluster(testbed.Cluster{Name: "prod", Issuer: w.cluster.Issuer, Fields: map[string]any{"resourcesVpcConfig": map[string]any{"vpcId": "vpc-0123456789abcdef0"}}})
	w.account(t, "default", "")
	w.account(t, "api", "")
	w.account(t, "gone", "arn:aws:iam::111122223333:role/gone")
	role := w.aws.Role(t, testbed.Account, "api", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}`)
	w.aws.AssociationTo(t, testbed.Cluster{Name: "prod", Account: testbed.Account, Region: testbed.Region}, w.namespace, "api", role, w.aws.Role(t, testbed.Account, "api-target", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+role+`"},"Action":["sts:AssumeRole","sts:TagSession"]}]}`))
	w.injected(t, "api-0", "api", inject.PodIdentity)
	w.cluster.Pod(t, w.plain("bare-0", "web"))
	w.cluster.Pod(t, w.plain("lost-0", "default"))
	w.cluster.Pod(t, w.plain("gone-0", "gone"))
	w.cluster.Create(t, w.namespace, `
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Secret, metadata: {name: keys}, stringData: {AWS_ACCESS_KEY_ID: hunter2}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {AWS_REGION: us-west-2}}
`)
	keys := w.plain("keys-0", "web")
	keys.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{
		{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "keys"}}},
		{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}},
	}
	w.cluster.Pod(t, keys)
	w.cluster.Create(t, "", `{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: permissions-pod-identity-webhook}, webhooks: [{
name: pod-identity-webhook.amazonaws.com, clientConfig: {service: {namespace: `+w.namespace+`, name: pod-identity-webhook}}, sideEffects: None, admissionReviewVersions: [v1], failurePolicy: Ignore,
rules: [{operations: [CREATE], apiGroups: [none.example.com], apiVersions: [v1], resources: [pods]}]}]}`)
	t.Cleanup(func() {
		_ = w.cluster.Admin.AdmissionregistrationV1().MutatingWebhookConfigurations().Delete(context.Background(), "permissions-pod-identity-webhook", metav1.DeleteOptions{})
	})
	for kind, api := range map[string]string{"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "ReplicaSet": "apps/v1"} {
		w.cluster.Create(t, w.namespace, `{apiVersion: `+api+`, kind: `+kind+`, metadata: {name: idle}, spec: {selector: {matchLabels: {app: idle}},
template: {metadata: {labels: {app: idle}}, spec: {serviceAccountName: web, containers: [{name: app, image: example.com/app:1}]}}}}`)
	}
	const job = `template: {spec: {serviceAccountName: web, restartPolicy: Never, containers: [{name: app, image: example.com/app:1}]}}`
	w.cluster.Create(t, w.namespace, `{apiVersion: batch/v1, kind: Job, metadata: {name: idle}, spec: {`+job+`}}`)
	w.cluster.Create(t, w.namespace, `{apiVersion: batch/v1, kind: CronJob, metadata: {name: idle}, spec: {schedule: 0 0 * * *, jobTemplate: {spec: {`+job+`}}}}`)
	return []string{
		"Pod/web-0", "Pod/api-0", "Pod/bare-0", "Pod/lost-0", "Pod/gone-0", "Pod/keys-0", "ServiceAccount/web",
		"Deployment/idle", "StatefulSet/idle", "DaemonSet/idle", "ReplicaSet/idle", "Job/idle", "CronJob/idle",
	}
}
