package snapshot

import (
	"reflect"
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// ObjectsOf returns the objects of one kind that are in the snapshot, in its order, whether or not there
// are more in the cluster.
func ObjectsOf[T Object](s *Snapshot) []T {
	list := s.ofType(reflect.TypeFor[T]())
	out := make([]T, len(list))
	for i, object := range list {
		out[i] = object.(T)
	}
	return out
}

// ObjectOf answers for one object by name; an object of a cluster-wide kind has no namespace.
func ObjectOf[T Object](s *Snapshot, namespace, name string) fact.Fact[T] {
	var zero T
	k, _ := kindOf(zero)
	q := question{source: "get " + k.resource + "/" + name, namespace: namespace, names: []string{name}, resources: []string{k.resource}}
	if namespace != "" {
		q.source += " -n " + namespace
	}
	if object, ok := s.byName(objectKey{reflect.TypeFor[T](), namespace, name}); ok {
		return fact.Known(object.(T), q.source)
	}
	return absence[T](s, q)
}

// Object returns the object of a kind (as in its own field kind) that is in the snapshot by name.
func (s *Snapshot) Object(kind, namespace, name string) (Object, bool) {
	for _, k := range kinds {
		if k.name == kind {
			return s.byName(objectKey{reflect.TypeOf(k.prototype), namespace, name})
		}
	}
	return nil, false
}

// ListOf answers with all objects of one kind of a namespace, or of the cluster if it is empty.
func ListOf[T Object](s *Snapshot, namespace string) fact.Fact[[]T] {
	var zero T
	k, _ := kindOf(zero)
	q := question{source: "list " + k.resource, namespace: namespace, resources: []string{k.resource}}
	if namespace != "" {
		q.source += " -n " + namespace
	}
	if f := absence[[]T](s, q); !f.Absent() {
		return f
	}
	found := []T{}
	for _, object := range s.ofType(reflect.TypeFor[T]()) {
		if namespace == "" || object.GetNamespace() == namespace {
			found = append(found, object.(T))
		}
	}
	return fact.Known(found, q.source)
}

// Pod answers for one pod.
func (s *Snapshot) Pod(namespace, name string) fact.Fact[*corev1.Pod] {
	return ObjectOf[*corev1.Pod](s, namespace, name)
}

// PodsOf returns the pods of a workload that are in the snapshot, whether or not there are more.
func (s *Snapshot) PodsOf(t workload.Target) []*corev1.Pod { return s.grouped()[t] }

func (s *Snapshot) podsByWorkload() map[workload.Target][]*corev1.Pod {
	byWorkload := map[workload.Target][]*corev1.Pod{}
	for _, pod := range ObjectsOf[*corev1.Pod](s) {
		t := workload.Group(pod)
		byWorkload[t] = append(byWorkload[t], pod)
	}
	return byWorkload
}

// ServiceAccount answers for one service account.
func (s *Snapshot) ServiceAccount(namespace, name string) fact.Fact[*corev1.ServiceAccount] {
	return ObjectOf[*corev1.ServiceAccount](s, namespace, name)
}

// ServiceAccounts answers with the service accounts of a namespace, or of the cluster if it is empty.
func (s *Snapshot) ServiceAccounts(namespace string) fact.Fact[[]*corev1.ServiceAccount] {
	return ListOf[*corev1.ServiceAccount](s, namespace)
}

// Node answers for one node.
func (s *Snapshot) Node(name string) fact.Fact[*corev1.Node] {
	return ObjectOf[*corev1.Node](s, "", name)
}

// Namespace answers for one namespace.
func (s *Snapshot) Namespace(name string) fact.Fact[*corev1.Namespace] {
	return ObjectOf[*corev1.Namespace](s, "", name)
}

// ConfigMap answers for one ConfigMap. Of its values only what decides in a shared config file of AWS is in a snapshot.
func (s *Snapshot) ConfigMap(namespace, name string) fact.Fact[*corev1.ConfigMap] {
	return ObjectOf[*corev1.ConfigMap](s, namespace, name)
}

// Secret answers for one Secret. Its values are empty: only its keys are in a snapshot.
func (s *Snapshot) Secret(namespace, name string) fact.Fact[*corev1.Secret] {
	return ObjectOf[*corev1.Secret](s, namespace, name)
}

// WebhookConfiguration is the name of the MutatingWebhookConfiguration of the pod identity webhook: on EKS, and in the
// webhook's own manifests.
const WebhookConfiguration = "pod-identity-webhook"

// MutatingWebhooks answers with the cluster's mutating webhook configurations. They are unknown where that of the pod
// identity webhook was refused.
func (s *Snapshot) MutatingWebhooks() fact.Fact[[]*admissionv1.MutatingWebhookConfiguration] {
	list := ListOf[*admissionv1.MutatingWebhookConfiguration](s, "")
	one := ObjectOf[*admissionv1.MutatingWebhookConfiguration](s, "", WebhookConfiguration)
	if list.Known() && !one.Known() && !one.Absent() {
		return fact.Map(one, func(*admissionv1.MutatingWebhookConfiguration) []*admissionv1.MutatingWebhookConfiguration {
			return nil
		})
	}
	return list
}

// NetworkPolicies answers with the network policies of a namespace.
func (s *Snapshot) NetworkPolicies(namespace string) fact.Fact[[]*networkingv1.NetworkPolicy] {
	return ListOf[*networkingv1.NetworkPolicy](s, namespace)
}

// The Pod Identity agent's pods, as the EKS add-on makes them.
const (
	AgentNamespace = "kube-system"
	AgentLabel     = "app.kubernetes.io/name"
	AgentName      = "eks-pod-identity-agent"
)

// Agents answers with the Pod Identity agent's pods on a node; none is an empty list. An empty node asks for the pods
// that are on no node yet. Where pods were not listed, a NotFound entry for the pod "eks-pod-identity-agent@NODE" says
// that there is none.
func (s *Snapshot) Agents(node string) fact.Fact[[]*corev1.Pod] {
	q := question{
		source: "list pods -n " + AgentNamespace + " of " + AgentName + " on " + node, resources: []string{"pods"},
		namespace: AgentNamespace, names: []string{AgentMissing(node)},
	}
	if found := s.agents()[node]; len(found) > 0 {
		return fact.Known(slices.Clone(found), q.source)
	}
	if f := absence[[]*corev1.Pod](s, q); !f.Absent() {
		return f
	}
	return fact.Known([]*corev1.Pod{}, q.source)
}

// AgentDaemonSets answers with the DaemonSets of the Pod Identity agent; none is an empty list. There may be two: the
// agent of hybrid nodes has its own DaemonSet
// (https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-add-ons.html). Where DaemonSets were not listed, a
// NotFound entry of the name says that there is none.
func (s *Snapshot) AgentDaemonSets() fact.Fact[[]*appsv1.DaemonSet] {
	q := question{
		source: "list daemonsets -n " + AgentNamespace + " of " + AgentName, resources: []string{"daemonsets"},
		namespace: AgentNamespace, names: []string{AgentName},
	}
	found := []*appsv1.DaemonSet{}
	for _, set := range ObjectsOf[*appsv1.DaemonSet](s) {
		if isAgentSet(set) {
			found = append(found, set)
		}
	}
	if len(found) > 0 {
		return fact.Known(found, q.source)
	}
	if f := absence[[]*appsv1.DaemonSet](s, q); !f.Absent() {
		return f
	}
	return fact.Known(found, q.source)
}

func isAgentSet(set *appsv1.DaemonSet) bool {
	return set.Namespace == AgentNamespace && (set.Labels[AgentLabel] == AgentName || set.Name == AgentName)
}

func (s *Snapshot) agentsByNode() map[string][]*corev1.Pod {
	byNode := map[string][]*corev1.Pod{}
	for _, pod := range ObjectsOf[*corev1.Pod](s) {
		if isAgent(pod) {
			byNode[pod.Spec.NodeName] = append(byNode[pod.Spec.NodeName], pod)
		}
	}
	return byNode
}

func runsAgent(object Object) bool {
	pod, ok := object.(*corev1.Pod)
	return ok && isAgent(pod)
}

// isAgent reports whether a pod is the agent's: by the label, or by the DaemonSet that made it.
func isAgent(pod *corev1.Pod) bool {
	owner := metav1.GetControllerOf(pod)
	return pod.Labels[AgentLabel] == AgentName || owner != nil && owner.Kind == "DaemonSet" && owner.Name == AgentName && pod.Namespace == AgentNamespace
}

// AgentMissing is the name under which a NotFound entry says that no agent runs on a node.
func AgentMissing(node string) string { return AgentName + "@" + node }
