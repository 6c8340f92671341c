package testbed

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"reflect"
	"sync/atomic"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The names under which EKS registers its webhook.
const (
	WebhookConfiguration = "pod-identity-webhook"
	WebhookName          = "iam-for-pods.amazonaws.com"
)

// A Mutation is what a webhook makes of a pod. The service account is the pod's own, nil where it does not exist; both
// are the callee's to change. nil leaves the pod as it is.
type Mutation func(account *corev1.ServiceAccount, pod *corev1.Pod) *corev1.Pod

// A Webhook is a pod identity webhook that the API server calls.
type Webhook struct {
	cp       *ControlPlane
	mutate   Mutation
	server   *http.Server
	admitted atomic.Int64
	probed   atomic.Int64
}

// Webhook runs a webhook in this process and registers it as EKS does its own, until the test ends; it is in force when this
// returns. There is one name, so there can be one at a time: tests that share it are subtests of the test that made it.
func (cp *ControlPlane) Webhook(t testing.TB, mutate Mutation) *Webhook {
	t.Helper()
	if !cp.takeWebhook() {
		t.Fatal("a webhook is registered already: run the tests one after the other, or below the one that made it")
	}
	t.Cleanup(cp.leaveWebhook)
	w := &Webhook{cp: cp, mutate: mutate}
	url, err := w.serve()
	if err != nil {
		t.Fatalf("webhook: %v", err)
	}
	t.Cleanup(func() {
		if err := w.server.Close(); err != nil {
			t.Errorf("webhook: %v", err)
		}
	})
	configurations := cp.Admin.AdmissionregistrationV1().MutatingWebhookConfigurations()
	if _, err := configurations.Create(t.Context(), w.configuration(url), metav1.CreateOptions{}); err != nil {
		t.Fatalf("create mutatingwebhookconfigurations/%s: %v", WebhookConfiguration, err)
	}
	t.Cleanup(func() {
		err := configurations.Delete(context.Background(), WebhookConfiguration, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) { // a test may have deleted it
			t.Errorf("delete mutatingwebhookconfigurations/%s: %v", WebhookConfiguration, err)
		}
		cp.await(t, "deregister the webhook", func() bool { return !w.called(t) })
	})
	cp.await(t, "register the webhook", func() bool { return w.called(t) })
	return w
}

// Exclude lets the API server pass over pods with one label, as EKS registers it, and all pods of namespaces with another.
func (w *Webhook) Exclude(t testing.TB, podLabel, namespaceLabel string) {
	t.Helper()
	configurations := w.cp.Admin.AdmissionregistrationV1().MutatingWebhookConfigurations()
	without := func(label string) *metav1.LabelSelector {
		return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: label, Operator: metav1.LabelSelectorOpDoesNotExist}}}
	}
	found, err := configurations.Get(t.Context(), WebhookConfiguration, metav1.GetOptions{})
	if err != nil {
		t.Fatalf("get mutatingwebhookconfigurations/%s: %v", WebhookConfiguration, err)
	}
	found.Webhooks[0].ObjectSelector, found.Webhooks[0].NamespaceSelector = without(podLabel), without(namespaceLabel)
	if _, err := configurations.Update(t.Context(), found, metav1.UpdateOptions{}); err != nil {
		t.Fatalf("update mutatingwebhookconfigurations/%s: %v", WebhookConfiguration, err)
	}
	w.cp.await(t, "exclude pods from the webhook", func() bool { return !w.called(t, podLabel) })
}

// Admitted is how many pods the API server has asked about.
func (w *Webhook) Admitted() int { return int(w.admitted.Load()) }

func (cp *ControlPlane) takeWebhook() bool {
	cp.mu.Lock()
	defer cp.mu.Unlock()
	if cp.webhook {
		return false
	}
	cp.webhook = true
	return true
}

func (cp *ControlPlane) leaveWebhook() {
	cp.mu.Lock()
	defer cp.mu.Unlock()
	cp.webhook = false
}

// configuration is EKS's own object, but for the address and for asking in admission v1.
func (w *Webhook) configuration(url string) *admissionregistrationv1.MutatingWebhookConfiguration {
	ignore, none := admissionregistrationv1.Ignore, admissionregistrationv1.SideEffectClassNone
	ifNeeded, seconds := admissionregistrationv1.IfNeededReinvocationPolicy, int32(10)
	hook := admissionregistrationv1.MutatingWebhook{
		Name:                    WebhookName,
		ClientConfig:            admissionregistrationv1.WebhookClientConfig{URL: &url, CABundle: w.cp.ca.pem},
		FailurePolicy:           &ignore,
		SideEffects:             &none,
		TimeoutSeconds:          &seconds,
		ReinvocationPolicy:      &ifNeeded,
		AdmissionReviewVersions: []string{"v1"},
		Rules: []admissionregistrationv1.RuleWithOperations{{
			Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
			Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
		}},
	}
	return &admissionregistrationv1.MutatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: WebhookConfiguration},
		Webhooks:   []admissionregistrationv1.MutatingWebhook{hook},
	}
}

func (w *Webhook) serve() (url string, err error) {
	id, err := w.cp.ca.issue(WebhookConfiguration)
	if err != nil {
		return "", err
	}
	pair, err := id.pair()
	if err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	w.server = &http.Server{
		Handler:   http.HandlerFunc(w.handle),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12},
		ErrorLog:  log.New(io.Discard, "", 0),
	}
	go func() { _ = w.server.ServeTLS(listener, "", "") }() // returns ErrServerClosed once closed
	return "https://" + listener.Addr().String() + "/mutate", nil
}

func (w *Webhook) handle(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	var review admissionv1.AdmissionReview
	if err := json.Unmarshal(body, &review); err != nil || review.Request == nil {
		http.Error(out, fmt.Sprintf("not an admission review: %v", err), http.StatusBadRequest)
		return
	}
	response, err := w.review(r.Context(), review.Request)
	if err != nil {
		http.Error(out, err.Error(), http.StatusInternalServerError)
		return
	}
	review.Request, review.Response = nil, response
	out.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(out).Encode(review) // fails only if the API server has gone
}

func (w *Webhook) review(ctx context.Context, request *admissionv1.AdmissionRequest) (*admissionv1.AdmissionResponse, error) {
	response := &admissionv1.AdmissionResponse{UID: request.UID, Allowed: true}
	if request.Namespace == probeNamespace {
		w.probed.Add(1)
		return response, nil
	}
	w.admitted.Add(1)
	var pod corev1.Pod
	if err := json.Unmarshal(request.Object.Raw, &pod); err != nil {
		return nil, err
	}
	pod.Namespace = request.Namespace // empty where the client named it in the path only
	account, err := w.cp.Admin.CoreV1().ServiceAccounts(pod.Namespace).Get(ctx, pod.Spec.ServiceAccountName, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		account = nil
	case err != nil:
		return nil, err
	}
	mutated := w.mutate(account, pod.DeepCopy())
	if mutated == nil {
		return response, nil
	}
	if response.Patch, err = patchOf(&pod, mutated); err != nil || response.Patch == nil {
		return response, err
	}
	kind := admissionv1.PatchTypeJSONPatch
	response.PatchType = &kind
	return response, nil
}

// patchOf is the JSON patch between two pods: whole parts, since only the result is seen. nil: they are the same.
func patchOf(before, after *corev1.Pod) ([]byte, error) {
	type operation struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value any    `json:"value"`
	}
	var patch []operation
	if !reflect.DeepEqual(before.Labels, after.Labels) {
		patch = append(patch, operation{"add", "/metadata/labels", after.Labels})
	}
	if !reflect.DeepEqual(before.Annotations, after.Annotations) {
		patch = append(patch, operation{"add", "/metadata/annotations", after.Annotations})
	}
	if !reflect.DeepEqual(before.Spec, after.Spec) {
		patch = append(patch, operation{"replace", "/spec", after.Spec})
	}
	if patch == nil {
		return nil, nil
	}
	return json.Marshal(patch)
}

// called tells whether the API server asks the webhook about a pod with these labels that is created now.
func (w *Webhook) called(t testing.TB, labels ...string) bool {
	before := w.probed.Load()
	set := map[string]string{}
	for _, label := range labels {
		set[label] = ""
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "probe-", Labels: set},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "probe", Image: "example.com/probe:1"}}},
	}
	_, err := w.cp.Admin.CoreV1().Pods(probeNamespace).Create(context.Background(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		t.Errorf("dry run of a pod: %v", err)
	}
	return w.probed.Load() > before
}

// createProbe makes what called needs.
func (cp *ControlPlane) createProbe(ctx context.Context) error {
	core := cp.Admin.CoreV1()
	if _, err := core.Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: probeNamespace}}, metav1.CreateOptions{}); err != nil {
		return err
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	_, err := core.ServiceAccounts(probeNamespace).Create(ctx, account, metav1.CreateOptions{})
	return err
}
