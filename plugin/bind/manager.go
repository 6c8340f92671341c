package bind

import (
	"encoding/json"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// FieldManager is the name under which annotations are set (server-side apply).
const FieldManager = "kubectl-irsa"

// A source is a program that keeps a cluster's objects as they are described somewhere else.
type source struct {
	name     string
	managers []string // field managers, in full or, with a trailing -, what they begin with
	labels   []string // keys, or KEY=VALUE, each of which is a sign
	keys     []string // annotations each of which is a sign
	where    string   // where its objects are described
}

// sources are the programs that revert what others change. The names of field managers are those that the programs
// give themselves (Helm: the binary's name; Argo CD: common.ArgoCDSSAManager and its process; Flux: the controllers);
// labels and annotations are in their documentation.
var sources = []source{
	{
		name: "Flux", managers: []string{"kustomize-controller", "helm-controller", "flux"},
		labels: []string{"kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name"}, where: "the manifest, or the values of the HelmRelease, in its source",
	},
	{
		name: "Argo CD", managers: []string{"argocd-controller", "argocd-application-controller"},
		labels: []string{"argocd.argoproj.io/instance"}, keys: []string{"argocd.argoproj.io/tracking-id"}, where: "the manifest, or the values, in the application's source",
	},
	{
		name: "Helm", managers: []string{"helm", "Helm"},
		labels: []string{"app.kubernetes.io/managed-by=Helm"}, keys: []string{"meta.helm.sh/release-name"}, where: "the values of the release",
	},
}

// byHand are the field managers of people and of tools that set the annotation once.
var byHand = []string{FieldManager, "kubectl-", "kubectl", "eksctl", "before-first-apply"}

// managerOf returns the program that manages an object, nil if none does.
func managerOf(o metav1.Object) *source {
	fields := readManaged(o.GetManagedFields())
	for i := range sources {
		s := &sources[i]
		hasLabel := slices.ContainsFunc(s.labels, func(label string) bool {
			key, want, exact := strings.Cut(label, "=")
			value, ok := o.GetLabels()[key]
			return ok && (!exact || value == want)
		})
		known := hasLabel || slices.ContainsFunc(fields, func(f managedFields) bool {
			return named(s.managers, f.manager) || slices.ContainsFunc(s.keys, func(key string) bool { return slices.Contains(f.annotations, key) })
		})
		if known {
			return s
		}
	}
	return nil
}

// ownersOf returns the field managers, other than people and this program, that own an annotation.
func ownersOf(account *corev1.ServiceAccount, key string) []string {
	var owners []string
	for _, f := range readManaged(account.ManagedFields) {
		if slices.Contains(f.annotations, key) && !named(byHand, f.manager) && !slices.Contains(owners, f.manager) {
			owners = append(owners, f.manager)
		}
	}
	return owners
}

func named(names []string, name string) bool {
	return slices.ContainsFunc(names, func(one string) bool {
		return one == name || strings.HasSuffix(one, "-") && strings.HasPrefix(name, one)
	})
}

// managedFields is what one manager owns of an object's annotations.
type managedFields struct {
	manager     string
	annotations []string
}

func readManaged(entries []metav1.ManagedFieldsEntry) []managedFields {
	var found []managedFields
	for _, entry := range entries {
		var fields struct {
			Metadata struct {
				Annotations map[string]json.RawMessage `json:"f:annotations"`
			} `json:"f:metadata"`
		}
		if entry.FieldsV1 == nil || json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields) != nil {
			continue
		}
		one := managedFields{manager: entry.Manager}
		for key := range fields.Metadata.Annotations {
			one.annotations = append(one.annotations, strings.TrimPrefix(key, "f:"))
		}
		found = append(found, one)
	}
	return found
}
