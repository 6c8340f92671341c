package snapshot

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// Redacted stands for a value that was left out of the snapshot: the variable is set, to an unknown value.
const Redacted = "<redacted>"

// redact returns what a snapshot keeps of an object: the fields that a check, a fact or a fix reads, and nothing else. Each
// kind is built field by field, so that what an API gets tomorrow is left out until someone reads it. The result shares what
// it points to with the object, and neither may be changed. It is idempotent.
//
// The file testdata/snapshot/kept.txt has every field that is kept.
func redact(object Object, read labelKeys) Object {
	switch o := object.(type) {
	case *corev1.Pod:
		return keptPod(o)
	case *corev1.ServiceAccount:
		return keptServiceAccount(o)
	case *corev1.Namespace:
		return keptNamespace(o, read.ofNamespaces)
	case *corev1.Node:
		return keptNode(o, read.ofNodes)
	case *corev1.ConfigMap:
		return keptConfigMap(o)
	case *corev1.Secret:
		return keptSecret(o)
	case *corev1.Service:
		return &corev1.Service{ObjectMeta: named(&o.ObjectMeta)}
	case *corev1.Event:
		return keptEvent(o)
	case *admissionv1.MutatingWebhookConfiguration:
		return keptWebhooks(o)
	case *networkingv1.NetworkPolicy:
		return keptNetworkPolicy(o)
	case *discoveryv1.EndpointSlice:
		return keptEndpointSlice(o)
	default:
		return keptWorkload(object)
	}
}

// keptWorkload is redact for the kinds that make pods; nil for a kind that is none of the snapshot's.
func keptWorkload(object Object) Object {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return keptDeployment(o)
	case *appsv1.ReplicaSet:
		return keptReplicaSet(o)
	case *appsv1.StatefulSet:
		return keptStatefulSet(o)
	case *appsv1.DaemonSet:
		return keptDaemonSet(o)
	case *batchv1.Job:
		return keptJob(o)
	case *batchv1.CronJob:
		return keptCronJob(o)
	default:
		return nil
	}
}

// keptConfigMap keeps the names of the keys, and of a shared config file of AWS what decides.
func keptConfigMap(o *corev1.ConfigMap) *corev1.ConfigMap {
	kept := &corev1.ConfigMap{ObjectMeta: named(&o.ObjectMeta)}
	if len(o.Data) > 0 {
		kept.Data = make(map[string]string, len(o.Data))
	}
	for key, value := range o.Data {
		kept.Data[key] = sdk.Keep(value)
	}
	if len(o.BinaryData) > 0 {
		kept.BinaryData = make(map[string][]byte, len(o.BinaryData))
	}
	for key := range o.BinaryData {
		kept.BinaryData[key] = []byte{}
	}
	return kept
}

// keptSecret keeps the names of a Secret's keys. Where its values were not requested, the names are in
// managedFields.
func keptSecret(o *corev1.Secret) *corev1.Secret {
	kept := &corev1.Secret{ObjectMeta: named(&o.ObjectMeta)}
	add := func(key string) {
		if kept.Data == nil {
			kept.Data = map[string][]byte{}
		}
		kept.Data[key] = []byte{}
	}
	for key := range o.Data {
		add(key)
	}
	for key := range o.StringData {
		add(key)
	}
	for _, key := range ManagedKeys(o.ManagedFields) {
		add(key)
	}
	return kept
}
