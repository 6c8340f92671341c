package workload

import (
	"encoding/json"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Template returns the kind of an object and the template of the pods that it makes; nil if it makes none.
func Template(object any) (string, *corev1.PodTemplateSpec) {
	switch o := object.(type) {
	case *corev1.Pod:
		return "Pod", &corev1.PodTemplateSpec{ObjectMeta: o.ObjectMeta, Spec: o.Spec}
	case *corev1.ReplicationController:
		return "ReplicationController", o.Spec.Template
	case *appsv1.Deployment:
		return "Deployment", &o.Spec.Template
	case *appsv1.ReplicaSet:
		return "ReplicaSet", &o.Spec.Template
	case *appsv1.StatefulSet:
		return "StatefulSet", &o.Spec.Template
	case *appsv1.DaemonSet:
		return "DaemonSet", &o.Spec.Template
	case *batchv1.Job:
		return "Job", &o.Spec.Template
	case *batchv1.CronJob:
		return "CronJob", &o.Spec.JobTemplate.Spec.Template
	default:
		return "", nil
	}
}

// Pod returns the pod that an object makes from its template, named after the object and owned by it.
func Pod(object metav1.Object, template *corev1.PodTemplateSpec) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: *template.ObjectMeta.DeepCopy(), Spec: *template.Spec.DeepCopy()}
	if kind, _ := Template(object); kind != "" && kind != "Pod" {
		yes := true
		pod.OwnerReferences = []metav1.OwnerReference{{Kind: kind, Name: object.GetName(), UID: object.GetUID(), Controller: &yes}}
	}
	NameServiceAccount(&pod.Spec)
	pod.Namespace, pod.Name = object.GetNamespace(), object.GetName()
	if pod.Name == "" {
		pod.Name = strings.TrimSuffix(object.GetGenerateName(), "-")
	}
	return pod
}

// NewPod is Pod with the workload as its controller: for one that exists, and so for a pod that its controller creates.
func NewPod(object metav1.Object, kind string, template *corev1.PodTemplateSpec) *corev1.Pod {
	pod, yes := Pod(object, template), true
	pod.OwnerReferences = []metav1.OwnerReference{{Kind: kind, Name: object.GetName(), UID: object.GetUID(), Controller: &yes}}
	return pod
}

// TemplatePatch returns a patch of a workload that changes the template of its pods, for the kinds that kubectl can
// restart: all of them have it at spec.template.
func TemplatePatch(template map[string]any) ([]byte, error) {
	return json.Marshal(map[string]any{"spec": map[string]any{"template": template}})
}

// TemplatePath is where objects of a kind have the template of their pods; a pod is its own.
func TemplatePath(kind string) []string {
	switch kind {
	case "Pod", "":
		return nil
	case "CronJob":
		return []string{"spec", "jobTemplate", "spec", "template"}
	default:
		return []string{"spec", "template"}
	}
}
