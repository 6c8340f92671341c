package snapshot

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// Redacted stands for a value that was left out of the snapshot: the variable is set, to an unknown value.
const Redacted = "<redacted>"

// keptAnnotations are the annotations besides the webhook's own that a check or `bind` reads: the legacy
// role annotation of kube2iam and kiam, and the marks of those that manage an object.
var keptAnnotations = set(
	"iam.amazonaws.com/role",
	"meta.helm.sh/release-name", "meta.helm.sh/release-namespace",
	"argocd.argoproj.io/tracking-id", "argocd.argoproj.io/instance",
	"deployment.kubernetes.io/revision", "kubernetes.io/config.mirror",
)

func set(names ...string) map[string]bool {
	out := make(map[string]bool, len(names))
	for _, name := range names {
		out[name] = true
	}
	return out
}

// redact returns a copy of the object without secrets and without what no answer needs. It is idempotent.
func redact(object Object) Object {
	object = object.DeepCopyObject().(Object)
	object.SetAnnotations(redactAnnotations(object.GetAnnotations()))
	switch o := object.(type) {
	case *corev1.Pod:
		redactPodSpec(&o.Spec)
		status := o.Status
		redactPodStatus(&o.Status)
		if isAgent(o) {
			keepAgentTrouble(&o.Status, status)
		}
	case *corev1.ConfigMap:
		for key := range o.Data {
			o.Data[key] = sdk.Keep(o.Data[key])
		}
		for key := range o.BinaryData {
			o.BinaryData[key] = []byte{}
		}
	case *corev1.Secret:
		redactSecret(o)
	case *corev1.Node:
		o.Status = corev1.NodeStatus{Addresses: o.Status.Addresses, Conditions: networkConditions(o.Status.Conditions), NodeInfo: corev1.NodeSystemInfo{
			OperatingSystem: o.Status.NodeInfo.OperatingSystem, KubeletVersion: o.Status.NodeInfo.KubeletVersion,
		}}
	case *appsv1.Deployment:
		redactTemplate(&o.Spec.Template)
		o.Status.Conditions = refusals(o.Status.Conditions)
	case *appsv1.ReplicaSet:
		redactTemplate(&o.Spec.Template)
		o.Status.Conditions = setRefusals(o.Status.Conditions)
	case *appsv1.StatefulSet:
		redactTemplate(&o.Spec.Template)
		o.Status.Conditions = nil
	case *appsv1.DaemonSet:
		keepSecurityGroupMode(o, func() { redactTemplate(&o.Spec.Template) })
		o.Status.Conditions = nil
	case *batchv1.Job:
		redactTemplate(&o.Spec.Template)
		for i, c := range o.Status.Conditions {
			o.Status.Conditions[i] = batchv1.JobCondition{Type: c.Type, Status: c.Status}
		}
	case *batchv1.CronJob:
		o.Spec.JobTemplate.Annotations = nil
		redactTemplate(&o.Spec.JobTemplate.Spec.Template)
	case *corev1.Event:
		redactEvent(o)
	}
	// Only the managedFields of these say something: when an annotation or a label was set.
	switch object.(type) {
	case *corev1.ServiceAccount, *corev1.Namespace:
	default:
		object.SetManagedFields(nil)
	}
	return object
}

func redactTemplate(template *corev1.PodTemplateSpec) {
	template.Annotations = redactAnnotations(template.Annotations)
	redactPodSpec(&template.Spec)
}

func redactAnnotations(annotations map[string]string) map[string]string {
	for key := range annotations {
		if !keptAnnotations[key] && !aboutRoles(key) {
			delete(annotations, key)
		}
	}
	if len(annotations) == 0 {
		return nil
	}
	return annotations
}

// aboutRoles reports whether an annotation key is one of the webhook's, or somebody's attempt at one.
func aboutRoles(key string) bool {
	if strings.Contains(key, "amazonaws.com/") || strings.HasPrefix(key, "eks.") {
		return true
	}
	plain := strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(key))
	return strings.Contains(plain, "rolear") || strings.Contains(plain, "rolesarn") || strings.Contains(plain, "arnrole") || strings.HasSuffix(plain, "iamrole")
}

func redactPodSpec(spec *corev1.PodSpec) {
	for i := range spec.InitContainers {
		redactContainer(&spec.InitContainers[i])
	}
	for i := range spec.Containers {
		redactContainer(&spec.Containers[i])
	}
	for i := range spec.EphemeralContainers {
		c := corev1.Container(spec.EphemeralContainers[i].EphemeralContainerCommon)
		redactContainer(&c)
		spec.EphemeralContainers[i].EphemeralContainerCommon = corev1.EphemeralContainerCommon(c)
	}
	for i := range spec.Volumes {
		redactVolume(&spec.Volumes[i])
	}
}

func redactContainer(c *corev1.Container) {
	c.Command, c.Args = nil, nil
	c.LivenessProbe, c.ReadinessProbe, c.StartupProbe, c.Lifecycle = nil, nil, nil, nil
	for i := range c.Env {
		c.Env[i].Value = redactVariable(c.Env[i].Name, c.Env[i].Value)
	}
}

// redactVolume removes the options of volume drivers, which may hold credentials.
func redactVolume(v *corev1.Volume) {
	if v.CSI != nil {
		for key := range v.CSI.VolumeAttributes {
			v.CSI.VolumeAttributes[key] = Redacted
		}
	}
	if v.FlexVolume != nil {
		for key := range v.FlexVolume.Options {
			v.FlexVolume.Options[key] = Redacted
		}
	}
}

// redactVariable returns what a snapshot keeps of a variable's value.
func redactVariable(name, value string) string {
	if value == "" || value == Redacted {
		return value
	}
	switch sdk.KindOf(name) {
	case sdk.Setting:
		return value
	case sdk.Address:
		return withoutUserInfo(value)
	case sdk.KeyID:
		return maskKeyID(value)
	default:
		return Redacted
	}
}

// maskKeyID keeps the first and the last four characters of an access key id, which tell its kind and
// which key it is, and no more.
func maskKeyID(id string) string {
	const ends = 4
	if len(id) < 4*ends || strings.ContainsAny(id, "$( \n") {
		return Redacted
	}
	return id[:ends] + strings.Repeat("*", len(id)-2*ends) + id[len(id)-ends:]
}

// withoutUserInfo removes user and password from an address, with or without a scheme (proxy variables may
// have none). A password may hold any character, so everything up to the last @ goes.
func withoutUserInfo(value string) string {
	at := strings.LastIndex(value, "@")
	if at < 0 {
		return value
	}
	scheme, _, ok := strings.Cut(value[:at], "://")
	if !ok {
		return value[at+1:]
	}
	return scheme + "://" + value[at+1:]
}

// redactSecret keeps the names of a Secret's keys. Where its values were not requested, the names are in
// managedFields.
func redactSecret(secret *corev1.Secret) {
	keys := map[string]bool{}
	for key := range secret.Data {
		keys[key] = true
	}
	for key := range secret.StringData {
		keys[key] = true
	}
	for _, key := range ManagedKeys(secret.ManagedFields) {
		keys[key] = true
	}
	secret.Data, secret.StringData = nil, nil
	for key := range keys {
		if secret.Data == nil {
			secret.Data = map[string][]byte{}
		}
		secret.Data[key] = []byte{}
	}
}
