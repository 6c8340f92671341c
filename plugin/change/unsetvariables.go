package change

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// UnsetVariables removes variables from a container of a workload's template, which recreates its pods.
type UnsetVariables struct {
	Pod       PodRef
	Container string
	Names     []string
}

func (c UnsetVariables) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c UnsetVariables) Summary() string {
	return "remove " + strings.Join(c.Names, " and ") + " from " + containerOf(c.Pod, c.Container)
}

// Commands implements [Change].
func (c UnsetVariables) Commands() [][]string {
	resource, ok := c.Pod.Owner.Resource()
	if !ok {
		return nil
	}
	args := []string{"set", "env", resource, "-c", c.Container}
	for _, name := range c.Names {
		args = append(args, name+"-")
	}
	return c.Pod.then(kubectl(c.Pod.Namespace, args...))
}

// Diff implements [Change].
func (c UnsetVariables) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c UnsetVariables) Done() string { return c.Object().String() + " env updated" }

// Object implements [Change].
func (c UnsetVariables) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c UnsetVariables) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c UnsetVariables) edit(pod *corev1.Pod) {
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			if list[i].Name != c.Container {
				continue
			}
			list[i].Env = slices.DeleteFunc(list[i].Env, func(v corev1.EnvVar) bool { return slices.Contains(c.Names, v.Name) })
		}
	}
}
