package subject

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// HandMade reports whether the pod has its credentials settings from its own manifest, so that a recreated pod has
// them again whatever the webhook does.
func (s *Seen) HandMade() bool {
	return slices.ContainsFunc(s.Reading.Containers, func(c inject.Container) bool {
		return c.ByHand != inject.None || c.Mechanism == inject.WebIdentity && s.writtenByHand(c)
	})
}

// writtenByHand reports whether a container that looks injected was written so. A manifest may have exactly
// the webhook's values; then the workload's template has them too, if it is in the snapshot. Else it shows by
// what is missing: the webhook of EKS gives a region, and the choice of the regional STS endpoint, to every
// container that has none.
func (s *Seen) writtenByHand(c inject.Container) bool {
	if s.Manifest != nil {
		spec := s.Manifest[c.Name]
		return spec != nil && SetsVariable(spec.Env, "AWS_ROLE_ARN")
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(c.Env, func(v inject.Injected) bool { return slices.Contains(names, v.Name) })
	}
	issuer, _ := s.Issuer.Get()
	return snapshot.IsEKSIssuer(issuer) &&
		(!has("AWS_REGION", "AWS_DEFAULT_REGION") || s.Binding.RegionalSTS && !has("AWS_STS_REGIONAL_ENDPOINTS"))
}

// manifest returns the containers of the template of the pod's workload by name; nil where the snapshot does not
// hold it. It is the one of now: the pod may be of an earlier one.
func (s *Seen) manifest() map[string]*corev1.Container {
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

func (s *Seen) template() (*corev1.PodTemplateSpec, bool) {
	owner := workload.OwnerOf(s.Pod)
	object, ok := s.Snapshot.Object(owner.Kind, s.Pod.Namespace, owner.Name)
	if !ok || owner.Kind == "Pod" { // a pod that starts others gives them no template
		return nil, false
	}
	_, template := workload.Template(object)
	return template, template != nil
}

// OwnPair reports whether the container's pair of web identity variables is the manifest's. The webhook's
// pair never comes without its mount.
func (s *Seen) OwnPair(c *Container) bool {
	if c.ByHand == inject.WebIdentity {
		return true
	}
	if c.Mechanism != inject.WebIdentity {
		return false
	}
	if s.Manifest == nil {
		return c.Has(inject.MountMissing)
	}
	spec := s.Manifest[c.Name]
	return spec != nil && SetsVariable(spec.Env, "AWS_ROLE_ARN") && SetsVariable(spec.Env, "AWS_WEB_IDENTITY_TOKEN_FILE")
}

// SetsVariable reports whether a container's env has a variable.
func SetsVariable(env []corev1.EnvVar, name string) bool {
	return slices.ContainsFunc(env, func(v corev1.EnvVar) bool { return v.Name == name })
}

// Overridden reports whether the container has another role than the annotated one because its manifest
// sets it.
func (s *Intended) Overridden(c *Container) bool {
	role := c.Variables.Get("AWS_ROLE_ARN")
	return s.Intent.Mechanism == inject.WebIdentity && s.OwnPair(c) && role.Known && s.Binding.RoleARN != "" && role.Value != s.Binding.RoleARN
}
