package snapshot

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func keptPod(o *corev1.Pod) *corev1.Pod {
	meta := podMeta(&o.ObjectMeta)
	meta.UID, meta.OwnerReferences = o.UID, keptOwners(o.OwnerReferences)
	meta.CreationTimestamp, meta.DeletionTimestamp = o.CreationTimestamp, o.DeletionTimestamp
	return &corev1.Pod{ObjectMeta: meta, Spec: keptPodSpec(&o.Spec), Status: keptPodStatus(o)}
}

// podMeta is what is kept of the metadata of pods and of their templates.
func podMeta(o *metav1.ObjectMeta) metav1.ObjectMeta {
	meta := named(o)
	meta.GenerateName, meta.Annotations = o.GenerateName, keptAnnotations(o.Annotations)
	if len(o.Labels) > 0 {
		meta.Labels = make(map[string]string, len(o.Labels))
		for key, value := range o.Labels {
			meta.Labels[key] = value
		}
	}
	return meta
}

func keptTemplate(o *corev1.PodTemplateSpec) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{ObjectMeta: podMeta(&o.ObjectMeta), Spec: keptPodSpec(&o.Spec)}
}

func keptPodSpec(o *corev1.PodSpec) corev1.PodSpec {
	kept := corev1.PodSpec{
		ServiceAccountName: o.ServiceAccountName, DeprecatedServiceAccount: o.DeprecatedServiceAccount,
		NodeName: o.NodeName, HostNetwork: o.HostNetwork, HostPID: o.HostPID,
		NodeSelector: o.NodeSelector, RuntimeClassName: o.RuntimeClassName, Affinity: keptAffinity(o.Affinity),
		InitContainers: keptContainers(o.InitContainers), Containers: keptContainers(o.Containers),
	}
	if o.OS != nil {
		kept.OS = &corev1.PodOS{Name: o.OS.Name}
	}
	if s := o.SecurityContext; s != nil {
		kept.SecurityContext = &corev1.PodSecurityContext{
			RunAsUser: s.RunAsUser, RunAsNonRoot: s.RunAsNonRoot, FSGroup: s.FSGroup, WindowsOptions: keptWindows(s.WindowsOptions),
		}
	}
	for i := range o.EphemeralContainers {
		c := keptContainer((*corev1.Container)(&o.EphemeralContainers[i].EphemeralContainerCommon))
		kept.EphemeralContainers = append(kept.EphemeralContainers, corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon(c)})
	}
	for _, t := range o.Tolerations {
		kept.Tolerations = append(kept.Tolerations, corev1.Toleration{Key: t.Key, Operator: t.Operator, Value: t.Value, Effect: t.Effect})
	}
	for i := range o.Volumes {
		kept.Volumes = append(kept.Volumes, corev1.Volume{Name: o.Volumes[i].Name, VolumeSource: keptVolume(&o.Volumes[i].VolumeSource)})
	}
	return kept
}

// keptWindows keeps that there are options for Windows.
func keptWindows(o *corev1.WindowsSecurityContextOptions) *corev1.WindowsSecurityContextOptions {
	if o == nil {
		return nil
	}
	return &corev1.WindowsSecurityContextOptions{}
}

// keptAffinity keeps the affinity to nodes.
func keptAffinity(o *corev1.Affinity) *corev1.Affinity {
	if o == nil || o.NodeAffinity == nil {
		return nil
	}
	kept := &corev1.NodeAffinity{}
	if required := o.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution; required != nil {
		kept.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{}
		for _, term := range required.NodeSelectorTerms {
			terms := &kept.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
			*terms = append(*terms, keptTerm(term))
		}
	}
	for _, preferred := range o.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
		kept.PreferredDuringSchedulingIgnoredDuringExecution = append(kept.PreferredDuringSchedulingIgnoredDuringExecution,
			corev1.PreferredSchedulingTerm{Preference: keptTerm(preferred.Preference)})
	}
	return &corev1.Affinity{NodeAffinity: kept}
}

func keptTerm(o corev1.NodeSelectorTerm) corev1.NodeSelectorTerm {
	requirements := func(list []corev1.NodeSelectorRequirement) (kept []corev1.NodeSelectorRequirement) {
		for _, r := range list {
			kept = append(kept, corev1.NodeSelectorRequirement{Key: r.Key, Operator: r.Operator, Values: r.Values})
		}
		return kept
	}
	return corev1.NodeSelectorTerm{MatchExpressions: requirements(o.MatchExpressions), MatchFields: requirements(o.MatchFields)}
}

func keptContainers(list []corev1.Container) []corev1.Container {
	if len(list) == 0 {
		return nil
	}
	kept := make([]corev1.Container, len(list))
	for i := range list {
		kept[i] = keptContainer(&list[i])
	}
	return kept
}

func keptContainer(o *corev1.Container) corev1.Container {
	kept := corev1.Container{Name: o.Name}
	if len(o.Env) > 0 {
		kept.Env = make([]corev1.EnvVar, len(o.Env))
	}
	for i := range o.Env {
		v := &o.Env[i]
		kept.Env[i] = corev1.EnvVar{Name: v.Name, Value: redactVariable(v.Name, v.Value), ValueFrom: keptSource(v.ValueFrom)}
	}
	for i := range o.EnvFrom {
		kept.EnvFrom = append(kept.EnvFrom, keptEnvFrom(&o.EnvFrom[i]))
	}
	for _, m := range o.VolumeMounts {
		kept.VolumeMounts = append(kept.VolumeMounts, corev1.VolumeMount{
			Name: m.Name, MountPath: m.MountPath, ReadOnly: m.ReadOnly, SubPath: m.SubPath, SubPathExpr: m.SubPathExpr,
		})
	}
	for _, p := range o.Ports {
		kept.Ports = append(kept.Ports, corev1.ContainerPort{ContainerPort: p.ContainerPort, HostPort: p.HostPort})
	}
	if s := o.SecurityContext; s != nil {
		kept.SecurityContext = &corev1.SecurityContext{
			Privileged: s.Privileged, RunAsUser: s.RunAsUser, RunAsNonRoot: s.RunAsNonRoot, WindowsOptions: keptWindows(s.WindowsOptions),
		}
	}
	return kept
}

func keptSource(o *corev1.EnvVarSource) *corev1.EnvVarSource {
	if o == nil {
		return nil
	}
	kept := &corev1.EnvVarSource{}
	if r := o.FieldRef; r != nil {
		kept.FieldRef = &corev1.ObjectFieldSelector{FieldPath: r.FieldPath}
	}
	if r := o.ResourceFieldRef; r != nil {
		kept.ResourceFieldRef = &corev1.ResourceFieldSelector{Resource: r.Resource}
	}
	if r := o.ConfigMapKeyRef; r != nil {
		kept.ConfigMapKeyRef = &corev1.ConfigMapKeySelector{LocalObjectReference: local(r.Name), Key: r.Key, Optional: r.Optional}
	}
	if r := o.SecretKeyRef; r != nil {
		kept.SecretKeyRef = &corev1.SecretKeySelector{LocalObjectReference: local(r.Name), Key: r.Key, Optional: r.Optional}
	}
	if r := o.FileKeyRef; r != nil {
		kept.FileKeyRef = &corev1.FileKeySelector{VolumeName: r.VolumeName, Path: r.Path, Key: r.Key, Optional: r.Optional}
	}
	return kept
}

func keptEnvFrom(o *corev1.EnvFromSource) corev1.EnvFromSource {
	kept := corev1.EnvFromSource{Prefix: o.Prefix}
	if r := o.ConfigMapRef; r != nil {
		kept.ConfigMapRef = &corev1.ConfigMapEnvSource{LocalObjectReference: local(r.Name), Optional: r.Optional}
	}
	if r := o.SecretRef; r != nil {
		kept.SecretRef = &corev1.SecretEnvSource{LocalObjectReference: local(r.Name), Optional: r.Optional}
	}
	return kept
}

func local(name string) corev1.LocalObjectReference { return corev1.LocalObjectReference{Name: name} }
