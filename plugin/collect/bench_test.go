package collect_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// BenchmarkCollectCluster reads a cluster of five thousand pods of a thousand service accounts on five hundred nodes.
func BenchmarkCollectCluster(b *testing.B) {
	answers := map[string][]byte{}
	list := func(path, kind, version string, items any) {
		body, err := json.Marshal(map[string]any{"kind": kind, "apiVersion": version, "metadata": map[string]any{}, "items": items})
		if err != nil {
			b.Fatal(err)
		}
		answers[path] = body
	}
	var accounts []corev1.ServiceAccount
	var pods []*corev1.Pod
	var nodes []corev1.Node
	for i := range 500 {
		nodes = append(nodes, corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("node-", i)}, Spec: corev1.NodeSpec{ProviderID: fmt.Sprintf("aws:///us-west-2a/i-%017x", i)}})
	}
	for i := range 1000 {
		account := corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprint("account-", i), Namespace: fmt.Sprint("ns-", i%100), Annotations: map[string]string{roleAnnotation: webRole},
		}}
		accounts = append(accounts, account)
		for j := range 5 {
			pods = append(pods, inject.Predict(inject.EKS("us-west-2"), &account, &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("pod-", i, "-", j), Namespace: account.Namespace},
				Spec: corev1.PodSpec{
					ServiceAccountName: account.Name, NodeName: fmt.Sprint("node-", (5*i+j)%500), Containers: []corev1.Container{{Name: "app", Image: "example.com/app:1"}},
				},
			}, false))
		}
	}
	list("/api/v1/pods", "PodList", "v1", pods)
	list("/api/v1/serviceaccounts", "ServiceAccountList", "v1", accounts)
	list("/api/v1/nodes", "NodeList", "v1", nodes)
	list("/apis/networking.k8s.io/v1/networkpolicies", "NetworkPolicyList", "networking.k8s.io/v1", []any{})
	list("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", "MutatingWebhookConfigurationList", "admissionregistration.k8s.io/v1", []any{})
	answers["/.well-known/openid-configuration"] = []byte(`{"issuer":"https://oidc.eks.us-west-2.amazonaws.com/id/X"}`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.URL.Path]
		if !ok {
			b.Errorf("asked for %s", r.URL)
		}
		w.Header().Set("Content-Type", "application/json")
		if _, err := w.Write(body); err != nil {
			b.Error(err)
		}
	}))
	b.Cleanup(server.Close)
	reader, err := kube.New(&rest.Config{Host: server.URL})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := collect.Collect(b.Context(), reader, nil, collect.Request{AllNamespaces: true})
		if err != nil {
			b.Fatal(err)
		}
		if n := len(snapshot.ObjectsOf[*corev1.Pod](s)); n != len(pods) || !s.ServiceAccounts("").Known() {
			b.Fatalf("%d pods", n)
		}
	}
}
