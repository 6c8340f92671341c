package testbed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// Namespace makes a namespace named after the test. It is never deleted: it ends with the control plane.
func (cp *ControlPlane) Namespace(t testing.TB) string {
	t.Helper()
	name := cp.free(strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(t.Name()), "-"), "-"))
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if _, err := cp.Admin.CoreV1().Namespaces().Create(t.Context(), namespace, metav1.CreateOptions{}); err != nil {
		t.Fatalf("create namespaces/%s: %v", name, err)
	}
	return name
}

// free is the name, cut to what a namespace may have, with a number where it was given out before.
func (cp *ControlPlane) free(name string) string {
	const longest = 63 - len("-999")
	name = strings.TrimRight(name[:min(len(name), longest)], "-")
	cp.mu.Lock()
	defer cp.mu.Unlock()
	cp.names[name]++
	if n := cp.names[name]; n > 1 {
		return name + "-" + strconv.Itoa(n)
	}
	return name
}

// ServiceAccount makes a service account with these annotations; nil is none.
func (cp *ControlPlane) ServiceAccount(t testing.TB, namespace, name string, annotations map[string]string) *corev1.ServiceAccount {
	t.Helper()
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: annotations}}
	made, err := cp.Admin.CoreV1().ServiceAccounts(namespace).Create(t.Context(), account, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("create serviceaccounts/%s: %v", name, err)
	}
	return made
}

// Pod makes a pod and returns it as admitted. Without containers it gets one, called app. What status says is set
// too, as a kubelet would; a pod on a node is one with spec.nodeName set.
func (cp *ControlPlane) Pod(t testing.TB, pod *corev1.Pod) *corev1.Pod {
	t.Helper()
	pod = pod.DeepCopy()
	if len(pod.Spec.Containers) == 0 {
		pod.Spec.Containers = []corev1.Container{{Name: "app", Image: "example.com/app:1"}}
	}
	pods := cp.Admin.CoreV1().Pods(pod.Namespace)
	made, err := pods.Create(t.Context(), pod, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("create pods/%s: %v", pod.Name, err)
	}
	if pod.Status.Phase == "" {
		return made
	}
	made.Status = pod.Status
	if made, err = pods.UpdateStatus(t.Context(), made, metav1.UpdateOptions{}); err != nil {
		t.Fatalf("update status of pods/%s: %v", pod.Name, err)
	}
	return made
}

// Running is the status of a pod that runs with these containers, for Pod.
func Running(podIP string, containers ...string) corev1.PodStatus {
	status := corev1.PodStatus{Phase: corev1.PodRunning, PodIP: podIP, PodIPs: []corev1.PodIP{{IP: podIP}}}
	for _, kind := range []corev1.PodConditionType{corev1.PodScheduled, corev1.PodInitialized, corev1.ContainersReady, corev1.PodReady} {
		status.Conditions = append(status.Conditions, corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue})
	}
	for _, name := range containers {
		started := true
		status.ContainerStatuses = append(status.ContainerStatuses, corev1.ContainerStatus{
			Name: name, Ready: true, Started: &started, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
		})
	}
	return status
}

// Node makes a node of an EC2 instance, ready, until the test ends. The provider ID of an instance is
// aws:///ZONE/INSTANCE (kubernetes/cloud-provider-aws, docs); labels may be nil.
func (cp *ControlPlane) Node(t testing.TB, name, providerID string, labels map[string]string) *corev1.Node {
	t.Helper()
	nodes := cp.Admin.CoreV1().Nodes()
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}, Spec: corev1.NodeSpec{ProviderID: providerID}}
	made, err := nodes.Create(t.Context(), node, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("create nodes/%s: %v", name, err)
	}
	t.Cleanup(func() {
		if err := nodes.Delete(context.Background(), name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			t.Errorf("delete nodes/%s: %v", name, err)
		}
	})
	made.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady"}}
	if made, err = nodes.UpdateStatus(t.Context(), made, metav1.UpdateOptions{}); err != nil {
		t.Fatalf("update status of nodes/%s: %v", name, err)
	}
	return made
}

// Token mints a token of the service account for these audiences, signed by the API server, valid for an hour and
// bound to the pod unless that is nil.
func (cp *ControlPlane) Token(t testing.TB, namespace, account string, pod *corev1.Pod, audiences ...string) string {
	t.Helper()
	seconds := int64(3600)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{Audiences: audiences, ExpirationSeconds: &seconds}}
	if pod != nil {
		request.Spec.BoundObjectRef = &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: pod.Name, UID: pod.UID}
	}
	made, err := cp.Admin.CoreV1().ServiceAccounts(namespace).CreateToken(t.Context(), account, request, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("create token of serviceaccounts/%s: %v", account, err)
	}
	return made.Status.Token
}

// objects makes whatever a manifest holds.
type objects struct {
	client dynamic.Interface
	mapper meta.RESTMapper
}

func newObjects(config *rest.Config, client *http.Client) (objects, error) {
	dynamicClient, err := dynamic.NewForConfigAndClient(config, client)
	if err != nil {
		return objects{}, err
	}
	discoveryClient, err := discovery.NewDiscoveryClientForConfigAndClient(config, client)
	if err != nil {
		return objects{}, err
	}
	groups, err := restmapper.GetAPIGroupResources(discoveryClient)
	if err != nil {
		return objects{}, err
	}
	return objects{client: dynamicClient, mapper: restmapper.NewDiscoveryRESTMapper(groups)}, nil
}

// Create makes the objects of a YAML or JSON manifest (several documents, lists too), with their status. Objects that have
// a namespace and do not name one get the one given. What only a server can set (uid, times) is the server's.
func (cp *ControlPlane) Create(t testing.TB, namespace, manifest string) []*unstructured.Unstructured {
	t.Helper()
	wanted, err := decode(manifest)
	if err != nil {
		t.Fatalf("manifest: %v", err)
	}
	var made []*unstructured.Unstructured
	for _, object := range wanted {
		one, err := cp.objects.create(t.Context(), namespace, object)
		if err != nil {
			t.Fatalf("create %s %s: %v", object.GetKind(), object.GetName(), err)
		}
		made = append(made, one)
	}
	return made
}

func decode(manifest string) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	documents := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(manifest)), 4096)
	for {
		object := &unstructured.Unstructured{}
		err := documents.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		if len(object.Object) == 0 {
			continue
		}
		if !object.IsList() {
			objects = append(objects, object)
			continue
		}
		err = object.EachListItem(func(item runtime.Object) error {
			element, ok := item.(*unstructured.Unstructured)
			if !ok {
				return fmt.Errorf("list of %T", item)
			}
			objects = append(objects, element)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
}

func (o objects) create(ctx context.Context, namespace string, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	kind := object.GroupVersionKind()
	mapping, err := o.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, err
	}
	var resource dynamic.ResourceInterface = o.client.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		if object.GetNamespace() == "" {
			object.SetNamespace(namespace)
		}
		resource = o.client.Resource(mapping.Resource).Namespace(object.GetNamespace())
	}
	object = object.DeepCopy()
	object.SetResourceVersion("") // a manifest taken from a server has one; create refuses it
	made, err := resource.Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return nil, err
	}
	status, ok := object.Object["status"]
	if !ok {
		return made, nil
	}
	made.Object["status"] = status
	return resource.UpdateStatus(ctx, made, metav1.UpdateOptions{})
}
