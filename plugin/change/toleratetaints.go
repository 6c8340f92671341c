package change

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// TolerateTaints adds tolerations of taints to the DaemonSet of the Pod Identity agent, so that it runs a pod on a node that has
// them.
type TolerateTaints struct {
	DaemonSet string // in the agent's namespace
	Taints    []corev1.Taint
	Node      string // the node on which the agent is missed
	First     bool   // the DaemonSet has no tolerations yet
}

// Summary implements [Change].
func (c TolerateTaints) Summary() string {
	texts := make([]string, len(c.Taints))
	for i := range c.Taints {
		texts[i] = c.Taints[i].ToString()
	}
	return "add a toleration of " + strings.Join(texts, " and ") + " to DaemonSet " + snapshot.AgentNamespace + "/" + c.DaemonSet +
		" (if the EKS add-on manages it, set this in the configuration of the add-on too, or its next update removes it)"
}

// Commands implements [Change].
func (c TolerateTaints) Commands() [][]string {
	const path = "/spec/template/spec/tolerations"
	type operation struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value any    `json:"value"`
	}
	var patch []operation
	if c.First {
		patch = append(patch, operation{"add", path, c.tolerations()})
	} else {
		for _, t := range c.tolerations() {
			patch = append(patch, operation{"add", path + "/-", t})
		}
	}
	return [][]string{kubectl(snapshot.AgentNamespace, "patch", "daemonset/"+c.DaemonSet, "--type=json", "-p", jsonArgument(patch))}
}

func (c TolerateTaints) tolerations() []corev1.Toleration {
	var all []corev1.Toleration
	for _, taint := range c.Taints {
		t := corev1.Toleration{Key: taint.Key, Operator: corev1.TolerationOpEqual, Value: taint.Value, Effect: taint.Effect}
		if taint.Value == "" {
			t.Operator = corev1.TolerationOpExists
		}
		all = append(all, t)
	}
	return all
}

// Diff implements [Change].
func (c TolerateTaints) Diff(s *snapshot.Snapshot) (name, before, after string) {
	set, ok := snapshot.ObjectOf[*appsv1.DaemonSet](s, snapshot.AgentNamespace, c.DaemonSet).Get()
	if !ok {
		return c.Object().String(), "", ""
	}
	have := set.Spec.Template.Spec.Tolerations
	return c.Object().String(), asYAML(have), asYAML(slices.Concat(have, c.tolerations()))
}

// Done implements [Change].
func (c TolerateTaints) Done() string { return c.Object().String() + " patched" }

// Object implements [Change].
func (c TolerateTaints) Object() Object { return Object{Kind: "daemonset", Name: c.DaemonSet} }

// Apply implements [Change].
func (c TolerateTaints) Apply(d *snapshot.Draft) bool {
	set, ok := snapshot.Edit[*appsv1.DaemonSet](d, snapshot.AgentNamespace, c.DaemonSet)
	if !ok {
		return false
	}
	spec := &set.Spec.Template.Spec
	spec.Tolerations = slices.Concat(spec.Tolerations, c.tolerations())
	runAgent(d, c.Node)
	return true
}
