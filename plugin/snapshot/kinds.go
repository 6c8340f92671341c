package snapshot

import (
	"reflect"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// An Object is a Kubernetes object of one of the kinds that the tool reads.
type Object interface {
	runtime.Object
	metav1.Object
}

// A kind is one kind of Kubernetes object that a snapshot may hold.
type kind struct {
	group, version, name string
	resource             string // as Missing names it
	prototype            Object
}

var kinds = []kind{
	{"", "v1", "Pod", "pods", &corev1.Pod{}},
	{"", "v1", "ServiceAccount", "serviceaccounts", &corev1.ServiceAccount{}},
	{"", "v1", "Node", "nodes", &corev1.Node{}},
	{"", "v1", "Namespace", "namespaces", &corev1.Namespace{}},
	{"", "v1", "ConfigMap", "configmaps", &corev1.ConfigMap{}},
	{"", "v1", "Secret", "secrets", &corev1.Secret{}},
	{"", "v1", "Service", "services", &corev1.Service{}},
	{"", "v1", "Event", "events", &corev1.Event{}},
	{"apps", "v1", "Deployment", "deployments", &appsv1.Deployment{}},
	{"apps", "v1", "ReplicaSet", "replicasets", &appsv1.ReplicaSet{}},
	{"apps", "v1", "StatefulSet", "statefulsets", &appsv1.StatefulSet{}},
	{"apps", "v1", "DaemonSet", "daemonsets", &appsv1.DaemonSet{}},
	{"batch", "v1", "Job", "jobs", &batchv1.Job{}},
	{"batch", "v1", "CronJob", "cronjobs", &batchv1.CronJob{}},
	{"admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations",
		&admissionv1.MutatingWebhookConfiguration{}},
	{"networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", &networkingv1.NetworkPolicy{}},
	{"discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", &discoveryv1.EndpointSlice{}},
}

func (k kind) gvk() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: k.group, Version: k.version, Kind: k.name}
}

// NewObject returns an empty object of the kind with its type set, or nil where the tool does not read
// that kind.
func NewObject(apiVersion, kindName string) Object {
	gvk := schema.FromAPIVersionAndKind(apiVersion, kindName)
	for _, k := range kinds {
		if k.gvk() != gvk {
			continue
		}
		object := reflect.New(reflect.TypeOf(k.prototype).Elem()).Interface().(Object)
		object.GetObjectKind().SetGroupVersionKind(gvk)
		return object
	}
	return nil
}

// kindOf returns the kind of an object by its Go type, since the API server leaves the type fields of a list's items empty.
func kindOf(object Object) (kind, bool) {
	for _, k := range kinds {
		if reflect.TypeOf(k.prototype) == reflect.TypeOf(object) {
			return k, true
		}
	}
	return kind{}, false
}
