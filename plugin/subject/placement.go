package subject

import (
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// placement says whether a DaemonSet should run a pod on a node, as the DaemonSet controller decides: by node selector,
// required node affinity, and the taints that end or forbid pods
// (https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled).
func placement(set *appsv1.DaemonSet, node *corev1.Node) AgentFault {
	fault := AgentFault{Cause: AgentWithoutPod, DaemonSet: set}
	spec := &set.Spec.Template.Spec
	if fault.Excludes = excludes(spec, node); fault.Excludes != "" {
		fault.Cause = AgentExcluded
		return fault
	}
	if fault.Taints = notTolerated(spec, node); len(fault.Taints) > 0 {
		fault.Cause = AgentNotTolerating
	}
	return fault
}

// excludes is the requirement of a pod's node selector or node affinity that a node does not meet; empty where it meets
// them all.
func excludes(spec *corev1.PodSpec, node *corev1.Node) string {
	keys := make([]string, 0, len(spec.NodeSelector))
	for key := range spec.NodeSelector {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if value, ok := node.Labels[key]; !ok || value != spec.NodeSelector[key] {
			return key + "=" + spec.NodeSelector[key]
		}
	}
	terms, required := nodeTerms(spec)
	if !required {
		return ""
	}
	first := "no node"
	for i, term := range terms {
		unmet := unmetBy(term, node)
		if unmet == "" {
			return ""
		}
		if i == 0 {
			first = unmet
		}
	}
	return first
}

// nodeTerms are the alternatives of a pod's required node affinity.
func nodeTerms(spec *corev1.PodSpec) (terms []corev1.NodeSelectorTerm, required bool) {
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil || spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil, false
	}
	return spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms, true
}

// unmetBy is the requirement of a term that a node does not meet; empty where it meets them all. A term without any
// requirement matches no node.
func unmetBy(term corev1.NodeSelectorTerm, node *corev1.Node) string {
	if len(term.MatchExpressions)+len(term.MatchFields) == 0 {
		return "no node"
	}
	for _, r := range term.MatchExpressions {
		if !meets(r, labels.Set(node.Labels)) {
			return requirementText(r)
		}
	}
	for _, r := range term.MatchFields {
		if !meets(r, labels.Set{metav1.ObjectNameField: node.Name}) {
			return requirementText(r)
		}
	}
	return ""
}

var nodeOperators = map[corev1.NodeSelectorOperator]selection.Operator{
	corev1.NodeSelectorOpIn: selection.In, corev1.NodeSelectorOpNotIn: selection.NotIn, corev1.NodeSelectorOpExists: selection.Exists,
	corev1.NodeSelectorOpDoesNotExist: selection.DoesNotExist, corev1.NodeSelectorOpGt: selection.GreaterThan, corev1.NodeSelectorOpLt: selection.LessThan,
}

// meets reports whether a set of labels meets a requirement. One that is not valid, which the API server does not store,
// is met by none.
func meets(r corev1.NodeSelectorRequirement, set labels.Labels) bool {
	requirement, err := labels.NewRequirement(r.Key, nodeOperators[r.Operator], r.Values)
	return err == nil && requirement.Matches(set)
}

func requirementText(r corev1.NodeSelectorRequirement) string {
	text := r.Key + " " + string(r.Operator)
	if len(r.Values) > 0 {
		text += " " + strings.Join(r.Values, ", ")
	}
	return text
}

// toleratedByController are the taints that the DaemonSet controller makes its pods tolerate
// (https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations).
var toleratedByController = []corev1.Toleration{
	{Key: corev1.TaintNodeNotReady, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute},
	{Key: corev1.TaintNodeUnreachable, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute},
	{Key: corev1.TaintNodeDiskPressure, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule},
	{Key: corev1.TaintNodeMemoryPressure, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule},
	{Key: corev1.TaintNodePIDPressure, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule},
	{Key: corev1.TaintNodeUnschedulable, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule},
}

// notTolerated are the taints of a node that keep a DaemonSet's pod away.
func notTolerated(spec *corev1.PodSpec, node *corev1.Node) []corev1.Taint {
	tolerations := slices.Concat(toleratedByController, spec.Tolerations)
	if spec.HostNetwork {
		tolerations = append(tolerations, corev1.Toleration{Key: corev1.TaintNodeNetworkUnavailable, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule})
	}
	var taints []corev1.Taint
	for _, taint := range node.Spec.Taints {
		if taint.Effect == corev1.TaintEffectPreferNoSchedule {
			continue
		}
		if !slices.ContainsFunc(tolerations, func(t corev1.Toleration) bool { return tolerates(t, taint) }) {
			taints = append(taints, corev1.Taint{Key: taint.Key, Value: taint.Value, Effect: taint.Effect})
		}
	}
	return taints
}

// tolerates reports whether a toleration matches a taint; an empty key or effect is any
// (https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/). The API's own method takes a logger.
func tolerates(t corev1.Toleration, taint corev1.Taint) bool {
	switch {
	case t.Effect != "" && t.Effect != taint.Effect, t.Key != "" && t.Key != taint.Key:
		return false
	case t.Operator == corev1.TolerationOpExists:
		return true
	case t.Operator == corev1.TolerationOpEqual, t.Operator == "":
		return t.Value == taint.Value
	}
	have, err := strconv.ParseInt(taint.Value, 10, 64)
	bound, failed := strconv.ParseInt(t.Value, 10, 64)
	above := have > bound
	return err == nil && failed == nil && have != bound && above == (t.Operator == corev1.TolerationOpGt)
}

// meantFor are the nodes that the DaemonSet controller made a pod for.
func meantFor(pod *corev1.Pod) []string {
	var nodes []string
	terms, _ := nodeTerms(&pod.Spec)
	for _, term := range terms {
		for _, r := range term.MatchFields {
			if r.Key == metav1.ObjectNameField && r.Operator == corev1.NodeSelectorOpIn {
				nodes = append(nodes, r.Values...)
			}
		}
	}
	return nodes
}
