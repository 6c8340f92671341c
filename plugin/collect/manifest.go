package collect

import (
	"fmt"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// manifestPods takes down the manifests, and returns a pod of each workload among them, and of each service account that
// none of them uses.
func (c *collector) manifestPods() []*corev1.Pod {
	var pods []*corev1.Pod
	used := map[string]bool{}
	add := func(o snapshot.Object, template corev1.PodTemplateSpec) {
		made := orTemplate(c.namespaceOf(o), template, nil)
		used[c.namespaceOf(o)+"/"+workload.ServiceAccountName(made[0])] = true
		pods = append(pods, made...)
	}
	for _, manifest := range c.request.Manifests {
		if _, template := workload.Template(manifest); template != nil {
			add(manifest, *template)
		}
	}
	for _, manifest := range c.request.Manifests {
		if o, ok := manifest.(*corev1.ServiceAccount); ok && !used[c.namespaceOf(o)+"/"+o.Name] {
			add(o, corev1.PodTemplateSpec{Spec: corev1.PodSpec{ServiceAccountName: o.Name}})
		}
	}
	c.recordManifests()
	return pods
}

func (c *collector) recordManifests() {
	for _, manifest := range c.request.Manifests {
		object := manifest.DeepCopyObject().(snapshot.Object) // a copy has the same type
		object.SetNamespace(c.namespaceOf(manifest))
		c.record.object(" manifest "+fmt.Sprintf("%T", manifest), object)
	}
}

// manifestFor returns the manifest that stands for an object of the cluster; ok is false if there is none.
func manifestFor[T snapshot.Object](c *collector, namespace, name string) (object T, ok bool) {
	for _, manifest := range c.request.Manifests {
		if object, ok := manifest.(T); ok && object.GetName() == name && c.namespaceOf(object) == namespace {
			return object, true
		}
	}
	return object, false
}

// namespaceOf is the namespace of a manifest.
func (c *collector) namespaceOf(o snapshot.Object) string {
	switch o.(type) {
	case *corev1.Node, *corev1.Namespace, *admissionv1.MutatingWebhookConfiguration:
		return ""
	}
	if namespace := o.GetNamespace(); namespace != "" {
		return namespace
	}
	return c.request.Namespace
}
