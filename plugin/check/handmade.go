package check

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// handMade reports whether the pod has its credentials settings from its own manifest, so that a pod made anew has
// them again whatever the webhook does.
func (s *Subject) handMade() bool {
	return slices.ContainsFunc(s.Reading.Containers, func(c inject.Container) bool {
		return c.ByHand != inject.None || c.Mechanism == inject.WebIdentity && s.writtenByHand(c)
	})
}

// writtenByHand reports whether a container that looks injected was written so. A manifest may have exactly
// the webhook's values; then the workload's template has them too, if it is in the snapshot. Else it shows by
// what is missing: the webhook of EKS gives a region, and the choice of the regional STS endpoint, to every
// container that has none.
func (s *Subject) writtenByHand(c inject.Container) bool {
	if s.Manifest != nil {
		spec := s.Manifest[c.Name]
		return spec != nil && setsVariable(spec.Env, "AWS_ROLE_ARN")
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(c.Env, func(v inject.Injected) bool { return slices.Contains(names, v.Name) })
	}
	issuer, _ := s.Issuer.Get()
	return IsEKSIssuer(issuer) &&
		(!has("AWS_REGION", "AWS_DEFAULT_REGION") || s.Binding.RegionalSTS && !has("AWS_STS_REGIONAL_ENDPOINTS"))
}

// manifest returns the containers of the template of the pod's workload by name; nil where the snapshot does not
// hold it. It is the one of now: the pod may be of an earlier one.
func (s *Subject) manifest() map[string]*corev1.Container {
	template, ok := s.template()
	if !ok {
		return nil
	}
	containers := map[string]*corev1.Container{}
	for _, list := range [][]corev1.Container{template.Spec.InitContainers, template.Spec.Containers} {
		for i := range list {
			containers[list[i].Name] = &list[i]
		}
	}
	return containers
}

func (s *Subject) template() (*corev1.PodTemplateSpec, bool) {
	kind, name := Owner(s.Pod)
	switch kind {
	case "Deployment":
		return templateOf(snapshot.ObjectOf[*appsv1.Deployment](s.Snapshot, s.Pod.Namespace, name), func(o *appsv1.Deployment) *corev1.PodTemplateSpec { return &o.Spec.Template })
	case "ReplicaSet":
		return templateOf(snapshot.ObjectOf[*appsv1.ReplicaSet](s.Snapshot, s.Pod.Namespace, name), func(o *appsv1.ReplicaSet) *corev1.PodTemplateSpec { return &o.Spec.Template })
	case "StatefulSet":
		return templateOf(snapshot.ObjectOf[*appsv1.StatefulSet](s.Snapshot, s.Pod.Namespace, name), func(o *appsv1.StatefulSet) *corev1.PodTemplateSpec { return &o.Spec.Template })
	case "DaemonSet":
		return templateOf(snapshot.ObjectOf[*appsv1.DaemonSet](s.Snapshot, s.Pod.Namespace, name), func(o *appsv1.DaemonSet) *corev1.PodTemplateSpec { return &o.Spec.Template })
	case "Job":
		return templateOf(snapshot.ObjectOf[*batchv1.Job](s.Snapshot, s.Pod.Namespace, name), func(o *batchv1.Job) *corev1.PodTemplateSpec { return &o.Spec.Template })
	default:
		return nil, false
	}
}

func templateOf[T any](f fact.Fact[T], template func(T) *corev1.PodTemplateSpec) (*corev1.PodTemplateSpec, bool) {
	object, ok := f.Get()
	if !ok {
		return nil, false
	}
	return template(object), true
}
