package snapshot

import (
	"encoding/json"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

// named is what is kept of every object's metadata.
func named(o *metav1.ObjectMeta) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: o.Namespace, Name: o.Name}
}

// keptAnnotations keeps those that the pod identity webhook reads, those that look like its role annotation, the one of
// kube2iam and kiam, and that a pod has its own network interface.
func keptAnnotations(annotations map[string]string) map[string]string {
	var kept map[string]string
	keep := func(key, value string) {
		if kept == nil {
			kept = map[string]string{}
		}
		kept[key] = value
	}
	for key, value := range annotations {
		switch {
		case key == PodENI && value != "":
			keep(key, Redacted) // ids and addresses, of which none is read
		case readAnnotations[key]:
			keep(key, value)
		}
	}
	for _, key := range inject.MisspelledRole(annotations, inject.DefaultPrefix) {
		keep(key, annotations[key])
	}
	return kept
}

var readAnnotations = map[string]bool{
	inject.LegacyRole: true,
	inject.DefaultPrefix + "/" + inject.RoleARN:              true,
	inject.DefaultPrefix + "/" + inject.Audience:             true,
	inject.DefaultPrefix + "/" + inject.STSRegionalEndpoints: true,
	inject.DefaultPrefix + "/" + inject.TokenExpiration:      true,
	inject.DefaultPrefix + "/" + inject.SkipContainers:       true,
}

// keptLabels keeps the labels with the keys.
func keptLabels(labels map[string]string, keys ...map[string]bool) map[string]string {
	var kept map[string]string
	for key, value := range labels {
		if slices.ContainsFunc(keys, func(keys map[string]bool) bool { return keys[key] }) {
			if kept == nil {
				kept = map[string]string{}
			}
			kept[key] = value
		}
	}
	return kept
}

// labelKeys are the keys of the labels that selectors of a snapshot read. Pods keep all of theirs, since the flag -l selects
// by any.
type labelKeys struct{ ofNodes, ofNamespaces map[string]bool }

// keptOwners keeps the references by which a workload is found.
func keptOwners(list []metav1.OwnerReference) []metav1.OwnerReference {
	var kept []metav1.OwnerReference
	for i := range list {
		kept = append(kept, metav1.OwnerReference{APIVersion: list[i].APIVersion, Kind: list[i].Kind, Name: list[i].Name, Controller: list[i].Controller})
	}
	return kept
}

// The labels and annotations by which programs mark what they keep as it is described elsewhere, and the field managers as
// which they write: package bind reads them.
var (
	managerLabels = map[string]bool{
		"kustomize.toolkit.fluxcd.io/name": true, "helm.toolkit.fluxcd.io/name": true, "argocd.argoproj.io/instance": true, managedBy: true,
	}
	managerAnnotations = map[string]bool{"argocd.argoproj.io/tracking-id": true, "meta.helm.sh/release-name": true}
	managerNames       = []string{
		"kustomize-controller", "helm-controller", "flux", "argocd-controller", "argocd-application-controller", "helm", "Helm",
	}
)

const managedBy = "app.kubernetes.io/managed-by"

func keptServiceAccount(o *corev1.ServiceAccount) *corev1.ServiceAccount {
	meta := named(&o.ObjectMeta)
	meta.CreationTimestamp, meta.Annotations = o.CreationTimestamp, keptAnnotations(o.Annotations)
	for key, value := range keptLabels(o.Labels, managerLabels) {
		if key != managedBy {
			value = "" // the names of releases and applications, which nobody reads
		}
		if meta.Labels == nil {
			meta.Labels = map[string]string{}
		}
		meta.Labels[key] = value
	}
	meta.ManagedFields = keptManagedFields(o.ManagedFields, func(key string) bool {
		_, kept := meta.Annotations[key]
		return kept || readAnnotations[key] || managerAnnotations[key]
	}, func(string) bool { return false })
	return &corev1.ServiceAccount{ObjectMeta: meta}
}

func keptNamespace(o *corev1.Namespace, keys map[string]bool) *corev1.Namespace {
	meta := named(&o.ObjectMeta)
	meta.DeletionTimestamp = o.DeletionTimestamp
	meta.Labels = keptLabels(o.Labels, keys)
	meta.ManagedFields = keptManagedFields(o.ManagedFields, func(string) bool { return false }, func(key string) bool { return keys[key] })
	return &corev1.Namespace{ObjectMeta: meta}
}

// keptManagedFields keeps which program set the annotations and labels, and when. Other entries name people's tools, and
// fields that nobody reads.
func keptManagedFields(entries []metav1.ManagedFieldsEntry, annotation, label func(key string) bool) []metav1.ManagedFieldsEntry {
	var kept []metav1.ManagedFieldsEntry
	for i := range entries {
		entry := &entries[i]
		var fields struct {
			Metadata struct {
				Annotations map[string]json.RawMessage `json:"f:annotations"`
				Labels      map[string]json.RawMessage `json:"f:labels"`
			} `json:"f:metadata"`
		}
		if entry.FieldsV1 == nil || json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields) != nil {
			continue
		}
		owned := map[string]map[string]struct{}{}
		keep := func(group string, keys map[string]json.RawMessage, wanted func(string) bool) {
			for key := range keys {
				if len(key) < 2 || !wanted(key[2:]) {
					continue
				}
				if owned[group] == nil {
					owned[group] = map[string]struct{}{}
				}
				owned[group][key] = struct{}{}
			}
		}
		keep("f:annotations", fields.Metadata.Annotations, annotation)
		keep("f:labels", fields.Metadata.Labels, label)
		text := []byte("{}")
		if len(owned) > 0 {
			text, _ = json.Marshal(map[string]any{"f:metadata": owned}) // maps of texts
		} else if !slices.Contains(managerNames, entry.Manager) {
			continue
		}
		one := metav1.ManagedFieldsEntry{Manager: entry.Manager, Time: entry.Time, FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(string(text))}
		kept = append(kept, one)
	}
	return kept
}
