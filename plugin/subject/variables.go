package subject

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

// Variables are a container's environment variables, as the kubelet builds them.
type Variables struct{ inject.Environment }

// variables builds a container's environment.
func (s *Seen) variables(container *corev1.Container) Variables {
	return Variables{inject.EnvironmentOf(s.Pod, container, s.sources())}
}

// sources look up what the snapshot holds of the ConfigMaps and Secrets of the pod's namespace.
func (s *Seen) sources() inject.Sources {
	return inject.Sources{
		ConfigMap: func(name string) inject.Data {
			return dataOf(s.Snapshot.ConfigMap(s.Pod.Namespace, name), func(c *corev1.ConfigMap) map[string]string {
				values := maps.Clone(c.Data)
				for key := range c.BinaryData {
					if values == nil {
						values = map[string]string{}
					}
					values[key] = ""
				}
				return values
			})
		},
		Secret: func(name string) inject.Data {
			return dataOf(s.Snapshot.Secret(s.Pod.Namespace, name), func(c *corev1.Secret) map[string]string {
				keys := map[string]string{}
				for key := range c.Data {
					keys[key] = ""
				}
				return keys
			})
		},
	}
}

func dataOf[T any](f fact.Fact[T], values func(T) map[string]string) inject.Data {
	if f.Absent() {
		return inject.Data{Knowledge: inject.Absent}
	}
	object, ok := f.Get()
	if !ok {
		g, _ := f.Gap()
		return inject.Data{Why: g.Reason}
	}
	return inject.Data{Knowledge: inject.Known, Values: values(object)}
}

// Known returns a variable that is certainly set and not empty, with its value where that is known: an SDK
// takes an empty variable for none.
func (v Variables) Known(name string) (value string, set bool) {
	variable := v.Get(name)
	if variable.Presence != inject.Set || variable.Known && variable.Value == "" {
		return "", false
	}
	return variable.Value, true
}

// maybe reports whether it is unknown if a variable is set.
func (v Variables) maybe(name string) bool { return v.Get(name).Presence == inject.MaybeSet }

// First returns the first of the variables that is set or may be.
func (v Variables) First(names ...string) inject.Variable {
	for _, name := range names {
		if variable := v.Get(name); variable.Presence != inject.Unset {
			return variable
		}
	}
	return inject.Variable{Presence: inject.Unset}
}

// Gaps returns why the variables, or their values, are unknown.
func (v Variables) Gaps(names ...string) []fact.Gap {
	var gaps []fact.Gap
	for _, name := range names {
		variable := v.Get(name)
		if variable.Presence == inject.Unset || variable.Known {
			continue
		}
		g := fact.Gap{What: variable.From, Reason: variable.Why}
		if variable.Presence == inject.Set {
			g = fact.Gap{What: "the value of " + name, Reason: variable.Why}
		}
		if !slices.Contains(gaps, g) {
			gaps = append(gaps, g)
		}
	}
	return gaps
}

// anyAWS reports whether an AWS setting is there.
func (v Variables) anyAWS() bool {
	return slices.ContainsFunc(v.Names(), func(name string) bool {
		_, set := v.Known(name)
		return set && strings.HasPrefix(name, "AWS_")
	})
}
