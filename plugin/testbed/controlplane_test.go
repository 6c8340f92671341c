package testbed_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

func clientOf(t *testing.T, config *rest.Config) kubernetes.Interface {
	t.Helper()
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestKubectlAnswersThroughTheProxy(t *testing.T) {
	cluster := bed.ControlPlane(t)
	proxy := cluster.Proxy(t)
	namespace := cluster.Namespace(t)
	cluster.ServiceAccount(t, namespace, "web", map[string]string{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/web"})
	config := cluster.AdminUser().Kubeconfig(t, proxy.URL, "arn:aws:eks:us-west-2:111122223333:cluster/prod", namespace)
	kubectl := exec.Command(cluster.Kubectl(), "get", "serviceaccounts", "-o", "name")
	kubectl.Env = append(os.Environ(), cluster.KubectlEnv(config)...)
	out, err := kubectl.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "serviceaccount/web" {
		t.Fatalf("kubectl: %v\n%s", err, out)
	}
	listed := false
	for _, call := range proxy.Calls() {
		listed = listed || call.Name() == "kubernetes:list" && strings.HasPrefix(call.Path, "/api/v1/namespaces/"+namespace+"/serviceaccounts") &&
			call.User == "admin" && call.Status == 200 && call.End.After(call.Start)
	}
	if !listed {
		t.Errorf("no list of service accounts in the log: %+v", proxy.Calls())
	}
}

func TestUserMayDoWhatWasGranted(t *testing.T) {
	cluster := bed.ControlPlane(t)
	mine, other := cluster.Namespace(t), cluster.Namespace(t)
	user := cluster.User(t, "dev")
	cluster.Grant(t, user, mine, testbed.Rule("", []string{"list"}, []string{"pods"}))
	for name, server := range map[string]string{"direct": cluster.URL, "proxied": cluster.Proxy(t).URL} {
		t.Run(name, func(t *testing.T) {
			pods := clientOf(t, user.REST(server)).CoreV1()
			if _, err := pods.Pods(mine).List(t.Context(), metav1.ListOptions{}); err != nil {
				t.Errorf("in the namespace of the grant: %v", err)
			}
			_, err := pods.Pods(other).List(t.Context(), metav1.ListOptions{})
			if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), `User "dev" cannot list resource "pods"`) {
				t.Errorf("in another namespace: %v", err)
			}
		})
	}
}

func TestTokenIsTheIssuers(t *testing.T) {
	cluster := bed.ControlPlane(t)
	proxy := cluster.Proxy(t)
	namespace := cluster.Namespace(t)
	cluster.ServiceAccount(t, namespace, "web", nil)
	config := rest.AnonymousClientConfig(cluster.AdminUser().REST(proxy.URL))
	config.BearerToken = cluster.Token(t, namespace, "web", nil, "https://kubernetes.default.svc")
	_, err := clientOf(t, config).CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{})
	if !apierrors.IsForbidden(err) {
		t.Errorf("a service account without permissions: %v", err)
	}
	user := "system:serviceaccount:" + namespace + ":web"
	if calls := proxy.Calls(); len(calls) != 1 || calls[0].User != user || calls[0].Status != 403 {
		t.Errorf("calls %+v, want one of %s", calls, user)
	}
	if !strings.HasPrefix(cluster.Issuer, "https://oidc.eks.us-west-2.amazonaws.com/id/") {
		t.Errorf("issuer %s", cluster.Issuer)
	}
}

func TestPodHasTheStatusItWasGiven(t *testing.T) {
	cluster := bed.ControlPlane(t)
	namespace := cluster.Namespace(t)
	cluster.ServiceAccount(t, namespace, "default", nil)
	node := cluster.Node(t, "ip-172-31-0-10.us-west-2.compute.internal", "aws:///us-west-2a/i-0123456789abcdef0", nil)
	pod := cluster.Pod(t, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "web"},
		Spec:       corev1.PodSpec{NodeName: node.Name},
		Status:     testbed.Running("172.31.0.11", "app"),
	})
	if pod.Status.Phase != corev1.PodRunning || pod.Status.PodIP != "172.31.0.11" || pod.Spec.NodeName != node.Name {
		t.Errorf("got %s on %q: %+v", pod.Name, pod.Spec.NodeName, pod.Status)
	}
}

func TestCreateMakesWhatAManifestHolds(t *testing.T) {
	cluster := bed.ControlPlane(t)
	namespace := cluster.Namespace(t)
	made := cluster.Create(t, namespace, `
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: web}
  spec: {serviceAccountName: web, containers: [{name: app, image: example.com/app}]}
  status: {phase: Failed, reason: Evicted}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec: {containers: [{name: app, image: example.com/app}]}
`)
	if len(made) != 3 {
		t.Fatalf("made %d objects, want 3", len(made))
	}
	pod, err := cluster.Admin.CoreV1().Pods(namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil || pod.Status.Reason != "Evicted" {
		t.Errorf("pod %+v, %v", pod.Status, err)
	}
	if _, err := cluster.Admin.AppsV1().Deployments(namespace).Get(t.Context(), "web", metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
}

func TestProxyCountsRoundsAndConnections(t *testing.T) {
	cluster := bed.ControlPlane(t)
	proxy := cluster.Proxy(t)
	proxy.SetLatency(100 * time.Millisecond)
	namespace := cluster.Namespace(t)
	client := clientOf(t, cluster.AdminUser().REST(proxy.URL))
	list := func() {
		if _, err := client.CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{}); err != nil {
			t.Error(err)
		}
	}
	list()
	var together sync.WaitGroup
	for range 5 {
		together.Go(list)
	}
	together.Wait()
	list()
	if got := testbed.Rounds(&proxy.Log); got != 3 {
		t.Errorf("got %d rounds, want 3: one, five together, one", got)
	}
	if names := proxy.Names(); len(names) != 7 || names[0] != "kubernetes:list" {
		t.Errorf("calls %v", names)
	}
	if got := proxy.Connections(); got != 1 {
		t.Errorf("got %d connections, want 1: HTTP/2 shares it", got)
	}
}

func TestProxyNamesVerbs(t *testing.T) {
	cluster := bed.ControlPlane(t)
	proxy := cluster.Proxy(t)
	namespace := cluster.Namespace(t)
	accounts := clientOf(t, cluster.AdminUser().REST(proxy.URL)).CoreV1().ServiceAccounts(namespace)
	account, err := accounts.Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "web"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	watch, err := accounts.Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if event := <-watch.ResultChan(); event.Type != "ADDED" {
		t.Errorf("watched %v", event.Type)
	}
	watch.Stop()
	if _, err = accounts.Get(t.Context(), "web", metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
	if _, err = accounts.Update(t.Context(), account, metav1.UpdateOptions{}); err != nil {
		t.Error(err)
	}
	if _, err = accounts.Patch(t.Context(), "web", "application/merge-patch+json", []byte(`{"metadata":{"annotations":{"a":"b"}}}`), metav1.PatchOptions{}); err != nil {
		t.Error(err)
	}
	if err = accounts.Delete(t.Context(), "web", metav1.DeleteOptions{}); err != nil {
		t.Error(err)
	}
	if err = accounts.DeleteCollection(t.Context(), metav1.DeleteOptions{}, metav1.ListOptions{}); err != nil {
		t.Error(err)
	}
	var verbs []string
	for _, call := range proxy.Calls() {
		verbs = append(verbs, call.Operation)
	}
	if want := []string{"create", "watch", "get", "update", "patch", "delete", "deletecollection"}; !slices.Equal(verbs, want) {
		t.Errorf("got %v, want %v", verbs, want)
	}
}

func TestProxySpoilsCalls(t *testing.T) {
	cluster := bed.ControlPlane(t)
	namespace := cluster.Namespace(t)
	for name, test := range map[string]struct {
		effect testbed.Effect
		want   string
	}{
		"denied":    {testbed.Denied(), "forbidden"},
		"failed":    {testbed.Failed(500, "InternalError", "etcd is away"), "etcd is away"},
		"reset":     {testbed.Reset(), "stream error"},
		"truncated": {testbed.Truncated(10), "stream error"},
		"hung":      {testbed.Hung(), "exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			proxy := cluster.Proxy(t)
			proxy.Inject(testbed.Fault{On: "kubernetes:list", Effect: test.effect})
			config := cluster.AdminUser().REST(proxy.URL)
			if name == "hung" {
				config.Timeout = 200 * time.Millisecond
			}
			_, err := clientOf(t, config).CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestWebhookInjects(t *testing.T) {
	cluster := bed.ControlPlane(t)
	namespace := cluster.Namespace(t)
	cluster.ServiceAccount(t, namespace, "web", map[string]string{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/web"})
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, GenerateName: "web-"}, Spec: corev1.PodSpec{ServiceAccountName: "web"}}
	t.Run("registered", func(t *testing.T) {
		webhook := cluster.Webhook(t, func(account *corev1.ServiceAccount, pod *corev1.Pod) *corev1.Pod {
			pod.Labels = map[string]string{"seen": account.Name}
			pod.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "AWS_ROLE_ARN", Value: account.Annotations["eks.amazonaws.com/role-arn"]}}
			return pod
		})
		made := cluster.Pod(t, pod)
		if env := made.Spec.Containers[0].Env; len(env) != 1 || env[0].Value != "arn:aws:iam::111122223333:role/web" || made.Labels["seen"] != "web" {
			t.Errorf("got %v, %v", env, made.Labels)
		}
		if webhook.Admitted() == 0 {
			t.Error("the webhook counted nothing")
		}
	})
	t.Run("gone", func(t *testing.T) {
		if env := cluster.Pod(t, pod).Spec.Containers[0].Env; len(env) != 0 {
			t.Errorf("got %v from a webhook that was deregistered", env)
		}
	})
}
