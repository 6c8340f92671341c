package change

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// LabelNamespace changes the labels of a namespace.
type LabelNamespace struct {
	Name   string
	Labels Labels
}

// Summary implements [Change].
func (c LabelNamespace) Summary() string { return c.Labels.summary() + " of namespace " + c.Name }

// Commands implements [Change].
func (c LabelNamespace) Commands() [][]string {
	args := []string{"label", "namespace", c.Name}
	for _, key := range c.Labels.Remove {
		args = append(args, key+"-")
	}
	for _, key := range slices.Sorted(maps.Keys(c.Labels.Set)) {
		args = append(args, key+"="+c.Labels.Set[key])
	}
	return [][]string{kubectl("", append(args, "--overwrite")...)}
}

// Diff implements [Change].
func (c LabelNamespace) Diff(s *snapshot.Snapshot) (name, before, after string) {
	namespace, ok := s.Namespace(c.Name).Get()
	if !ok {
		return c.Object().String(), "", ""
	}
	return c.Object().String(), asYAML(namespace.Labels), asYAML(c.Labels.To(namespace.Labels))
}

// Done implements [Change].
func (c LabelNamespace) Done() string { return c.Object().String() + " labeled" }

// Object implements [Change].
func (c LabelNamespace) Object() Object { return Object{Kind: "namespace", Name: c.Name} }

// Apply implements [Change].
func (c LabelNamespace) Apply(d *snapshot.Draft) bool {
	namespace, ok := snapshot.Edit[*corev1.Namespace](d, "", c.Name)
	if !ok {
		return false
	}
	namespace.Labels = c.Labels.To(namespace.Labels)
	return true
}
