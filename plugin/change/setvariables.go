package change

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A Variable is an environment variable with the value that it should have.
type Variable struct{ Name, Value string }

// SetVariables gives a container of a workload's template environment variables, which recreates its pods.
type SetVariables struct {
	Pod       PodRef
	Container string
	Variables []Variable
}

func (c SetVariables) renews() PodRef { return c.Pod }

func (c SetVariables) assignments() []string {
	list := make([]string, len(c.Variables))
	for i, v := range c.Variables {
		list[i] = v.Name + "=" + v.Value
	}
	return list
}

// Summary implements [Change].
func (c SetVariables) Summary() string {
	return "set " + strings.Join(c.assignments(), " and ") + " in " + containerOf(c.Pod, c.Container)
}

// Commands implements [Change].
func (c SetVariables) Commands() [][]string {
	resource, ok := c.Pod.Owner.Resource()
	if !ok {
		return nil
	}
	return c.Pod.then(kubectl(c.Pod.Namespace, append([]string{"set", "env", resource, "-c", c.Container}, c.assignments()...)...))
}

// Diff implements [Change].
func (c SetVariables) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c SetVariables) Done() string { return c.Object().String() + " env updated" }

// Object implements [Change].
func (c SetVariables) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c SetVariables) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c SetVariables) edit(pod *corev1.Pod) {
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			if list[i].Name == c.Container {
				list[i].Env = c.set(list[i].Env)
			}
		}
	}
}

// set leaves a variable that is there already in its place.
func (c SetVariables) set(env []corev1.EnvVar) []corev1.EnvVar {
	for _, v := range c.Variables {
		wanted := corev1.EnvVar{Name: v.Name, Value: v.Value}
		i := slices.IndexFunc(env, func(have corev1.EnvVar) bool { return have.Name == v.Name })
		if i < 0 {
			env = append(env, wanted)
			continue
		}
		env[i] = wanted
	}
	return env
}
