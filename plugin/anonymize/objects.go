package anonymize

import (
	"maps"
	"regexp"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// object replaces the names in an object, in place.
func (a *anonymizer) object(object snapshot.Object) {
	a.meta(object)
	switch o := object.(type) {
	case *corev1.Pod:
		a.spec(&o.Spec)
		o.Status.PodIP, o.Status.HostIP = a.address(o.Status.PodIP), a.address(o.Status.HostIP)
		for i := range o.Status.Conditions {
			o.Status.Conditions[i].Message = a.message(o.Status.Conditions[i].Message)
		}
		for _, list := range [][]corev1.ContainerStatus{o.Status.InitContainerStatuses, o.Status.ContainerStatuses} {
			for i := range list {
				list[i].Name = a.text(list[i].Name)
				if w := list[i].State.Waiting; w != nil {
					w.Message = a.message(w.Message)
				}
			}
		}
	case *corev1.ServiceAccount:
		a.account(o.Name)
	case *corev1.Namespace:
		a.account(o.Name)
	case *corev1.Node:
		o.Spec.ProviderID = a.text(o.Spec.ProviderID)
		for i := range o.Spec.Taints {
			t := &o.Spec.Taints[i]
			t.Key, t.Value = a.labelKey(t.Key), a.labelValue(t.Value)
		}
	case *corev1.ConfigMap:
		o.Data = pairs(o.Data, a.dataKey, a.sharedFile)
		o.BinaryData = pairs(o.BinaryData, a.dataKey, func(b []byte) []byte { return b })
	case *corev1.Secret:
		o.Data = pairs(o.Data, a.dataKey, func(b []byte) []byte { return b })
	case *corev1.Event:
		o.InvolvedObject.Namespace, o.InvolvedObject.Name = a.text(o.InvolvedObject.Namespace), a.text(o.InvolvedObject.Name)
		o.Message = a.message(o.Message)
	case *admissionv1.MutatingWebhookConfiguration:
		for i := range o.Webhooks {
			a.webhook(&o.Webhooks[i])
		}
	case *networkingv1.NetworkPolicy:
		a.selector(&o.Spec.PodSelector)
		for i := range o.Spec.Egress {
			for j := range o.Spec.Egress[i].To {
				if b := o.Spec.Egress[i].To[j].IPBlock; b != nil {
					b.CIDR, b.Except = a.address(b.CIDR), each(b.Except, a.address)
				}
			}
		}
	case *discoveryv1.EndpointSlice:
	default:
		a.workload(object)
	}
}

func (a *anonymizer) workload(object snapshot.Object) {
	if _, template := workload.Template(object); template != nil {
		a.meta(&template.ObjectMeta)
		a.spec(&template.Spec)
	}
	switch o := object.(type) {
	case *appsv1.Deployment:
		for i := range o.Status.Conditions {
			o.Status.Conditions[i].Message = a.message(o.Status.Conditions[i].Message)
		}
	case *appsv1.ReplicaSet:
		for i := range o.Status.Conditions {
			o.Status.Conditions[i].Message = a.message(o.Status.Conditions[i].Message)
		}
	case *appsv1.StatefulSet:
		o.Status.UpdateRevision = a.labelValue(o.Status.UpdateRevision)
	case *batchv1.Job, *batchv1.CronJob, *appsv1.DaemonSet:
	}
}

func (a *anonymizer) meta(o metav1.Object) {
	o.SetName(a.text(o.GetName()))
	o.SetNamespace(a.account(o.GetNamespace()))
	o.SetGenerateName(a.text(o.GetGenerateName()))
	o.SetUID(types.UID(a.text(string(o.GetUID()))))
	o.SetLabels(a.labels(o.GetLabels()))
	o.SetAnnotations(a.annotations(o.GetAnnotations()))
	owners := o.GetOwnerReferences()
	for i := range owners {
		r := &owners[i]
		r.Name = a.text(r.Name)
		r.APIVersion = a.text(r.APIVersion)
		if _, known := workload.KindOf(r.Kind); !known && r.Kind != "Node" && r.Kind != "ReplicationController" {
			r.Kind = a.names.of(r.Kind)
		}
	}
	o.SetOwnerReferences(owners)
	fields := o.GetManagedFields()
	for i := range fields {
		f := &fields[i]
		f.Manager = a.names.of(f.Manager)
		if f.FieldsV1 != nil {
			f.FieldsV1 = metav1.NewFieldsV1(quotedKeys.ReplaceAllStringFunc(f.FieldsV1.GetRawString(), func(key string) string {
				return `"f:` + a.labelKey(key[len(`"f:`):len(key)-1]) + `"`
			}))
		}
	}
	o.SetManagedFields(fields)
}

// quotedKeys are the keys of annotations and labels in managedFields, but not those that hold them.
var quotedKeys = regexp.MustCompile(`"f:[^"]*[./][^"]*"`)

// public are the endings of the domains of keys that programs give, and answers read.
var public = regexp.MustCompile(`(^|\.)(kubernetes\.io|k8s\.io|amazonaws\.com|k8s\.aws|karpenter\.sh|argoproj\.io|fluxcd\.io|helm\.sh)$`)

// plainKeys are the keys without a domain that answers read: see workload.Names.
var plainKeys = map[string]bool{"app": true, "name": true, "k8s-app": true, "spark-role": true, "pod-template-hash": true, "controller-revision-hash": true, "pod-template-generation": true, "metadata.name": true}

func (a *anonymizer) labelKey(key string) string {
	domain, _, found := strings.Cut(key, "/")
	if plainKeys[key] || found && public.MatchString(domain) || strings.HasPrefix(key, "kubernetes-") || strings.HasPrefix(key, "eks-cluster-") {
		return key
	}
	return a.text(key)
}

func (a *anonymizer) labelValue(value string) string { return a.text(value) }

func (a *anonymizer) labels(labels map[string]string) map[string]string {
	return pairs(labels, a.labelKey, a.labelValue)
}

func pairs[T any](from map[string]T, key func(string) string, value func(T) T) map[string]T {
	if from == nil {
		return nil
	}
	to := make(map[string]T, len(from))
	for k, v := range from {
		to[key(k)] = value(v)
	}
	return to
}

func (a *anonymizer) annotations(from map[string]string) map[string]string {
	to := maps.Clone(from)
	for key, value := range from {
		switch strings.TrimPrefix(key, inject.DefaultPrefix+"/") {
		case inject.TokenExpiration, inject.STSRegionalEndpoints:
		default:
			to[key] = a.text(value)
		}
	}
	return to
}

func (a *anonymizer) selector(s *metav1.LabelSelector) {
	if s == nil {
		return
	}
	s.MatchLabels = a.labels(s.MatchLabels)
	for i := range s.MatchExpressions {
		r := &s.MatchExpressions[i]
		r.Key, r.Values = a.labelKey(r.Key), each(r.Values, a.labelValue)
	}
}

func (a *anonymizer) webhook(w *admissionv1.MutatingWebhook) {
	w.Name = a.text(w.Name)
	if w.ClientConfig.URL != nil {
		address := a.text(*w.ClientConfig.URL)
		w.ClientConfig.URL = &address
	}
	if s := w.ClientConfig.Service; s != nil {
		s.Namespace, s.Name = a.text(s.Namespace), a.text(s.Name)
	}
	w.ClientConfig.CABundle = a.authority(w.ClientConfig.CABundle)
	a.selector(w.NamespaceSelector)
	a.selector(w.ObjectSelector)
	for i := range w.Rules {
		r := &w.Rules[i]
		r.APIGroups, r.Resources = each(r.APIGroups, a.text), each(r.Resources, a.text)
	}
}

// fieldKey is the key of a label or annotation in the path of a field.
var fieldKey = regexp.MustCompile(`\['([^']*)'\]`)

func (a *anonymizer) spec(s *corev1.PodSpec) {
	s.ServiceAccountName, s.DeprecatedServiceAccount = a.account(s.ServiceAccountName), a.account(s.DeprecatedServiceAccount)
	s.NodeName, s.NodeSelector = a.text(s.NodeName), a.labels(s.NodeSelector)
	if s.RuntimeClassName != nil {
		name := a.text(*s.RuntimeClassName)
		s.RuntimeClassName = &name
	}
	if s.Affinity != nil && s.Affinity.NodeAffinity != nil {
		if required := s.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution; required != nil {
			for i := range required.NodeSelectorTerms {
				a.term(&required.NodeSelectorTerms[i])
			}
		}
		preferred := s.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution
		for i := range preferred {
			a.term(&preferred[i].Preference)
		}
	}
	for i := range s.Tolerations {
		t := &s.Tolerations[i]
		t.Key, t.Value = a.labelKey(t.Key), a.labelValue(t.Value)
	}
	for i := range s.InitContainers {
		a.container(&s.InitContainers[i])
	}
	for i := range s.Containers {
		a.container(&s.Containers[i])
	}
	for i := range s.EphemeralContainers {
		a.container((*corev1.Container)(&s.EphemeralContainers[i].EphemeralContainerCommon))
	}
	for i := range s.Volumes {
		a.volume(&s.Volumes[i])
	}
}

func (a *anonymizer) term(t *corev1.NodeSelectorTerm) {
	for _, list := range [][]corev1.NodeSelectorRequirement{t.MatchExpressions, t.MatchFields} {
		for i := range list {
			list[i].Key, list[i].Values = a.labelKey(list[i].Key), each(list[i].Values, a.labelValue)
		}
	}
}

func (a *anonymizer) container(c *corev1.Container) {
	c.Name = a.text(c.Name)
	for i := range c.Env {
		v := &c.Env[i]
		v.Value = a.value(v)
		v.Name = a.variable(v.Name)
		s := v.ValueFrom
		if s == nil {
			continue
		}
		if s.FieldRef != nil {
			s.FieldRef.FieldPath = fieldKey.ReplaceAllStringFunc(s.FieldRef.FieldPath, func(key string) string { return "['" + a.labelKey(key[2:len(key)-2]) + "']" })
		}
		if s.ConfigMapKeyRef != nil {
			s.ConfigMapKeyRef.Name, s.ConfigMapKeyRef.Key = a.text(s.ConfigMapKeyRef.Name), a.dataKey(s.ConfigMapKeyRef.Key)
		}
		if s.SecretKeyRef != nil {
			s.SecretKeyRef.Name, s.SecretKeyRef.Key = a.text(s.SecretKeyRef.Name), a.dataKey(s.SecretKeyRef.Key)
		}
		if s.FileKeyRef != nil {
			s.FileKeyRef.VolumeName, s.FileKeyRef.Path, s.FileKeyRef.Key = a.text(s.FileKeyRef.VolumeName), a.text(s.FileKeyRef.Path), a.dataKey(s.FileKeyRef.Key)
		}
	}
	for i := range c.EnvFrom {
		e := &c.EnvFrom[i]
		if !sdk.ReadsBehind(e.Prefix) {
			e.Prefix = a.names.of(e.Prefix)
		}
		if e.ConfigMapRef != nil {
			e.ConfigMapRef.Name = a.text(e.ConfigMapRef.Name)
		}
		if e.SecretRef != nil {
			e.SecretRef.Name = a.text(e.SecretRef.Name)
		}
	}
	for i := range c.VolumeMounts {
		m := &c.VolumeMounts[i]
		m.Name, m.MountPath, m.SubPath, m.SubPathExpr = a.volumeName(m.Name), a.text(m.MountPath), a.text(m.SubPath), a.text(m.SubPathExpr)
	}
}

// volumeName replaces the name of a volume, unless the webhook gave it.
func (a *anonymizer) volumeName(name string) string {
	if name == inject.WebIdentityVolume || name == inject.PodIdentityVolume {
		return name
	}
	return a.text(name)
}

func (a *anonymizer) volume(v *corev1.Volume) {
	v.Name = a.volumeName(v.Name)
	items := func(list []corev1.KeyToPath) {
		for i := range list {
			list[i].Key, list[i].Path = a.dataKey(list[i].Key), a.text(list[i].Path)
		}
	}
	switch {
	case v.Secret != nil:
		v.Secret.SecretName = a.text(v.Secret.SecretName)
		items(v.Secret.Items)
	case v.ConfigMap != nil:
		v.ConfigMap.Name = a.text(v.ConfigMap.Name)
		items(v.ConfigMap.Items)
	case v.HostPath != nil:
		v.HostPath.Path = a.text(v.HostPath.Path)
	case v.PersistentVolumeClaim != nil:
		v.PersistentVolumeClaim.ClaimName = a.text(v.PersistentVolumeClaim.ClaimName)
	case v.CSI != nil:
		v.CSI.Driver = a.text(v.CSI.Driver)
	case v.Projected != nil:
		for i := range v.Projected.Sources {
			s := &v.Projected.Sources[i]
			switch {
			case s.Secret != nil:
				s.Secret.Name = a.text(s.Secret.Name)
				items(s.Secret.Items)
			case s.ConfigMap != nil:
				s.ConfigMap.Name = a.text(s.ConfigMap.Name)
				items(s.ConfigMap.Items)
			case s.ServiceAccountToken != nil:
				s.ServiceAccountToken.Audience, s.ServiceAccountToken.Path = a.text(s.ServiceAccountToken.Audience), a.text(s.ServiceAccountToken.Path)
			}
		}
	}
}

// sharedFile replaces the names in what is kept of a shared file of AWS: those of profiles, roles and files.
func (a *anonymizer) sharedFile(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		at := strings.IndexAny(line, "=:")
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "[") || at < 0:
			out.WriteString(a.text(line))
		default:
			out.WriteString(line[:at] + a.text(line[at:]))
		}
	}
	return out.String()
}
