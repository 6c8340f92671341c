package check

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// Variables are a container's environment variables, as the kubelet builds them.
type Variables struct{ inject.Environment }

// variables builds the environment of the container of that name.
func (s *Subject) variables(name string) Variables {
	container := containerOf(s.Pod, name)
	if container == nil {
		return Variables{}
	}
	return Variables{inject.EnvironmentOf(s.Pod, container, inject.Sources{
		ConfigMap: func(name string) inject.Data {
			return dataOf(s.Snapshot.ConfigMap(s.Pod.Namespace, name), func(c *corev1.ConfigMap) []string {
				keys := mapKeys(c.Data)
				return append(keys, mapKeys(c.BinaryData)...)
			})
		},
		Secret: func(name string) inject.Data {
			return dataOf(s.Snapshot.Secret(s.Pod.Namespace, name), func(c *corev1.Secret) []string { return mapKeys(c.Data) })
		},
	})}
}

func mapKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func dataOf[T any](f evidence.Fact[T], keys func(T) []string) inject.Data {
	if f.Absent() {
		return inject.Data{Knowledge: inject.Absent}
	}
	object, ok := f.Get()
	if !ok {
		g, _ := f.Gap()
		return inject.Data{Why: g.Reason}
	}
	values := map[string]string{}
	for _, key := range keys(object) {
		values[key] = ""
	}
	return inject.Data{Knowledge: inject.Known, Values: values}
}

func containerOf(pod *corev1.Pod, name string) *corev1.Container {
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	for i := range pod.Spec.EphemeralContainers {
		if pod.Spec.EphemeralContainers[i].Name == name {
			c := corev1.Container(pod.Spec.EphemeralContainers[i].EphemeralContainerCommon)
			return &c
		}
	}
	return nil
}

// known returns a variable that is certainly set and not empty, with its value where that is known: an SDK
// takes an empty variable for none.
func (v Variables) known(name string) (value string, set bool) {
	variable := v.Get(name)
	if variable.Presence != inject.Set || variable.Known && variable.Value == "" {
		return "", false
	}
	return variable.Value, true
}

// maybe reports whether it cannot be told if a variable is set.
func (v Variables) maybe(name string) bool { return v.Get(name).Presence == inject.MaybeSet }

// staticKeys says whether access keys stand in the environment.
func (v Variables) staticKeys() sdk.State {
	_, id := v.known("AWS_ACCESS_KEY_ID")
	_, secret := v.known("AWS_SECRET_ACCESS_KEY")
	maybeID, maybeSecret := v.maybe("AWS_ACCESS_KEY_ID"), v.maybe("AWS_SECRET_ACCESS_KEY")
	switch {
	case id && secret:
		return sdk.Full
	case maybeID || maybeSecret && id:
		return sdk.Maybe
	case id:
		return sdk.IDOnly
	default:
		return sdk.None
	}
}

// region says which region variables are set.
func (v Variables) region() sdk.State {
	_, region := v.known("AWS_REGION")
	_, fallback := v.known("AWS_DEFAULT_REGION")
	switch {
	case region && fallback:
		return sdk.RegionSet
	case v.maybe("AWS_REGION") || v.maybe("AWS_DEFAULT_REGION"):
		return sdk.Unknown
	case region:
		return sdk.RegionOnly
	case fallback:
		return sdk.DefaultRegionOnly
	default:
		return sdk.RegionUnset
	}
}

// profile says what profile an SDK finds by the variables.
func (v Variables) profile() sdk.State {
	_, named := v.known("AWS_PROFILE")
	switch {
	case named:
		return sdk.NamedMaybe
	case v.maybe("AWS_PROFILE"):
		return sdk.Maybe
	default:
		return sdk.None
	}
}

// anyAWS reports whether an AWS setting is there, apart from the region that everything may have.
func (v Variables) anyAWS() bool {
	return slices.ContainsFunc(v.Names(), func(name string) bool {
		_, set := v.known(name)
		return set && strings.HasPrefix(name, "AWS_") && name != "AWS_REGION" && name != "AWS_DEFAULT_REGION"
	})
}
