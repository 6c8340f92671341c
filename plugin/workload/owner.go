package workload

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// An Owner is the object that recreates a pod: its controller. Both fields are empty for a pod without one.
type Owner struct {
	Kind, Name string
}

// OwnerOf returns the owner of a pod, as its references and labels show: for a Deployment's pod the Deployment, whose
// ReplicaSets are named after it with the hash of the template.
func OwnerOf(pod *corev1.Pod) Owner {
	owner := metav1.GetControllerOfNoCopy(pod)
	if owner == nil {
		return Owner{}
	}
	if hash := pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey]; owner.Kind == "ReplicaSet" && hash != "" {
		if deployment, ok := strings.CutSuffix(owner.Name, "-"+hash); ok {
			return Owner{"Deployment", deployment}
		}
	}
	return Owner{owner.Kind, owner.Name}
}

// Resource returns the owner as kubectl names it ("deployment/web"); ok is false where kubectl cannot restart it or
// change its template.
func (o Owner) Resource() (name string, ok bool) {
	k, _ := KindOf(o.Kind)
	if !k.Restarts {
		return "", false
	}
	return k.Singular + "/" + o.Name, true
}

// ReplacesDeleted reports whether the owner makes a new pod in the place of one that is deleted, and counts for nothing that
// it went. A Job counts its pods.
func (o Owner) ReplacesDeleted() bool {
	return o.Kind == "ReplicaSet" || o.Kind == "ReplicationController"
}

// Group returns the workload whose pods are answered together with this one, or the pod itself.
func Group(pod *corev1.Pod) Target {
	owner := OwnerOf(pod)
	if k, ok := KindOf(owner.Kind); ok && k.carriesPods() || owner.Kind == "ReplicationController" {
		return Target{Kind: owner.Kind, Namespace: pod.Namespace, Name: owner.Name}
	}
	return Target{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name}
}

// carriesPods reports whether objects of the kind make pods.
func (k Kind) carriesPods() bool { return k.Name != "Pod" && k.Name != "ServiceAccount" }

// Belongs reports whether a pod is one of a workload's, or runs under a service account.
func Belongs(pod *corev1.Pod, target Target) bool {
	if pod.Namespace != target.Namespace {
		return false
	}
	if target.Kind == "ServiceAccount" {
		return ServiceAccountName(pod) == target.Name
	}
	if OwnerOf(pod) == (Owner{target.Kind, target.Name}) {
		return true
	}
	return slices.ContainsFunc(pod.OwnerReferences, func(owner metav1.OwnerReference) bool {
		return owner.Kind == target.Kind && owner.Name == target.Name
	})
}
