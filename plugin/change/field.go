package change

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A Field is the part of a Kubernetes object that a change changes, for an edit of the manifest that the object comes from.
type Field struct {
	Kind, Namespace, Name string // of the object
	// Path leads to the field: keys of mappings, and for an entry of a list its name in brackets.
	Path []string
	// Do describes what to do there, as an imperative sentence.
	Do string
}

// FieldOf returns the field that a change changes; ok is false where it changes none of an object that has a manifest.
func FieldOf(c Change) (f Field, ok bool) {
	switch c := c.(type) {
	case Annotate:
		do := "set annotation " + c.Key + " to " + c.Value
		if c.Value == "" {
			do = "remove annotation " + c.Key
		}
		return Field{"ServiceAccount", c.Namespace, c.ServiceAccount, []string{"metadata", "annotations", c.Key}, do}, true
	case LabelNamespace:
		return Field{"Namespace", "", c.Name, []string{"metadata", "labels", c.Labels.first()}, c.Labels.summary()}, true
	case AnnotateTemplate:
		return c.Pod.field(c, "metadata", "annotations", c.Key), true
	case LabelTemplate:
		return c.Pod.field(c, "metadata", "labels", c.Labels.first()), true
	case SetServiceAccount:
		return c.Pod.field(c, "spec", "serviceAccountName"), true
	case SetVariables:
		return c.Pod.field(c, "spec", "containers", entry(c.Container), "env", entry(c.Variables[0].Name)), true
	case UnsetVariables:
		return c.Pod.field(c, "spec", "containers", entry(c.Container), "env", entry(c.Names[0])), true
	case RemoveVolume:
		return c.Pod.field(c, "spec", "volumes", entry(c.Name)), true
	case SelectWindows:
		return c.Pod.field(c, "spec", "nodeSelector"), true
	case SetFSGroup:
		return c.Pod.field(c, "spec", "securityContext"), true
	default:
		return Field{}, false
	}
}

func entry(name string) string { return "[" + name + "]" }

// first is one of the labels that change.
func (l Labels) first() string {
	return append(slices.Clone(l.Remove), slices.Sorted(maps.Keys(l.Set))...)[0]
}

// field is a field of the template that the pod is created from.
func (r PodRef) field(c Change, path ...string) Field {
	f := Field{Kind: r.Owner.Kind, Namespace: r.Namespace, Name: r.Owner.Name, Path: slices.Concat(workload.TemplatePath(r.Owner.Kind), path)}
	if f.Kind == "" {
		f.Kind, f.Name = "Pod", r.Name
	}
	f.Do = strings.TrimSuffix(strings.TrimSuffix(c.Summary(), " in "+templateOf(r)), " from "+templateOf(r))
	return f
}

// Renames reports whether two changes together give one annotation another key, and describes that.
func Renames(set, remove Change) (f Field, ok bool) {
	s, isSet := set.(Annotate)
	r, isRemove := remove.(Annotate)
	if !isSet || !isRemove || s.Value == "" || r.Value != "" || s.Namespace != r.Namespace || s.ServiceAccount != r.ServiceAccount {
		return Field{}, false
	}
	f, _ = FieldOf(r)
	f.Do = "rename annotation " + r.Key + " to " + s.Key
	return f, true
}
