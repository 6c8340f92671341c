package snapshot

import (
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// nodeLabels are those that are read of any node: its system, and where its settings come from.
var nodeLabels = map[string]bool{
	corev1.LabelOSStable: true, "eks.amazonaws.com/compute-type": true,
	"karpenter.k8s.aws/ec2nodeclass": true, "eks.amazonaws.com/nodeclass": true, "eks.amazonaws.com/nodegroup": true,
	"eks.amazonaws.com/sourceLaunchTemplateId": true, "eks.amazonaws.com/sourceLaunchTemplateVersion": true,
}

// selected returns the keys of the labels that decide by the objects of a snapshot: the webhooks select namespaces, and the
// DaemonSets of the Pod Identity agent select nodes.
func selected(objects []Object) labelKeys {
	read := labelKeys{ofNodes: map[string]bool{}, ofNamespaces: map[string]bool{}}
	for _, object := range objects {
		switch o := object.(type) {
		case *admissionv1.MutatingWebhookConfiguration:
			for i := range o.Webhooks {
				addKeys(read.ofNamespaces, o.Webhooks[i].NamespaceSelector)
			}
		case *appsv1.DaemonSet:
			if isAgentSet(o) {
				addNodeKeys(read.ofNodes, &o.Spec.Template.Spec)
			}
		}
	}
	return read
}

func addKeys(keys map[string]bool, selector *metav1.LabelSelector) {
	if selector == nil {
		return
	}
	for key := range selector.MatchLabels {
		keys[key] = true
	}
	for _, r := range selector.MatchExpressions {
		keys[r.Key] = true
	}
}

func addNodeKeys(keys map[string]bool, spec *corev1.PodSpec) {
	for key := range spec.NodeSelector {
		keys[key] = true
	}
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil || spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return
	}
	for _, term := range spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		for _, r := range term.MatchExpressions {
			keys[r.Key] = true
		}
	}
}

func keptNode(o *corev1.Node, keys map[string]bool) *corev1.Node {
	meta := named(&o.ObjectMeta)
	meta.CreationTimestamp, meta.Labels = o.CreationTimestamp, keptLabels(o.Labels, nodeLabels, keys)
	kept := &corev1.Node{
		ObjectMeta: meta, Spec: corev1.NodeSpec{ProviderID: o.Spec.ProviderID},
		Status: corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{
			OperatingSystem: o.Status.NodeInfo.OperatingSystem, KubeletVersion: o.Status.NodeInfo.KubeletVersion,
		}},
	}
	for _, t := range o.Spec.Taints {
		kept.Spec.Taints = append(kept.Spec.Taints, corev1.Taint{Key: t.Key, Value: t.Value, Effect: t.Effect})
	}
	for _, c := range o.Status.Conditions {
		if c.Type == corev1.NodeNetworkUnavailable { // the network plugin is known by its reason
			kept.Status.Conditions = append(kept.Status.Conditions, corev1.NodeCondition{Type: c.Type, Status: c.Status, Reason: c.Reason})
		}
	}
	return kept
}

func keptWebhooks(o *admissionv1.MutatingWebhookConfiguration) *admissionv1.MutatingWebhookConfiguration {
	meta := named(&o.ObjectMeta)
	meta.CreationTimestamp = o.CreationTimestamp
	kept := &admissionv1.MutatingWebhookConfiguration{ObjectMeta: meta}
	for i := range o.Webhooks {
		w := &o.Webhooks[i]
		one := admissionv1.MutatingWebhook{
			Name: w.Name, ClientConfig: keptClientConfig(&w.ClientConfig), FailurePolicy: w.FailurePolicy,
			NamespaceSelector: keptSelector(w.NamespaceSelector), ObjectSelector: keptSelector(w.ObjectSelector),
		}
		if n := len(w.MatchConditions); n > 0 {
			one.MatchConditions = make([]admissionv1.MatchCondition, n) // they are not evaluated
		}
		for _, r := range w.Rules {
			one.Rules = append(one.Rules, admissionv1.RuleWithOperations{
				Operations: r.Operations, Rule: admissionv1.Rule{APIGroups: r.APIGroups, APIVersions: r.APIVersions, Resources: r.Resources, Scope: r.Scope},
			})
		}
		kept.Webhooks = append(kept.Webhooks, one)
	}
	return kept
}

// keptClientConfig keeps of an address its host, and of a CA that is not compared with the cluster's that it is there.
func keptClientConfig(o *admissionv1.WebhookClientConfig) (kept admissionv1.WebhookClientConfig) {
	if o.URL != nil {
		address := hostAddress(*o.URL)
		kept.URL = &address
	}
	if s := o.Service; s != nil {
		kept.Service = &admissionv1.ServiceReference{Namespace: s.Namespace, Name: s.Name}
	}
	switch {
	case len(o.CABundle) == 0:
	case kept.Service == nil && kept.URL != nil && strings.Contains(*kept.URL, "://127.0.0.1"):
		kept.CABundle = o.CABundle
	default:
		kept.CABundle = []byte(Redacted)
	}
	return kept
}

// hostAddress is a URL without everything but its scheme and host.
func hostAddress(address string) string {
	scheme, rest, ok := strings.Cut(withoutQuery(withoutUserInfo(address)), "://")
	if !ok {
		return Redacted
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

func keptSelector(o *metav1.LabelSelector) *metav1.LabelSelector {
	if o == nil {
		return nil
	}
	kept := &metav1.LabelSelector{MatchLabels: o.MatchLabels}
	for _, r := range o.MatchExpressions {
		kept.MatchExpressions = append(kept.MatchExpressions, metav1.LabelSelectorRequirement{Key: r.Key, Operator: r.Operator, Values: r.Values})
	}
	return kept
}

// keptNetworkPolicy keeps which pods a policy selects, and where it lets them connect to, by address.
func keptNetworkPolicy(o *networkingv1.NetworkPolicy) *networkingv1.NetworkPolicy {
	kept := &networkingv1.NetworkPolicy{ObjectMeta: named(&o.ObjectMeta)}
	kept.Spec.PodSelector, kept.Spec.PolicyTypes = *keptSelector(&o.Spec.PodSelector), o.Spec.PolicyTypes
	for _, rule := range o.Spec.Egress {
		var one networkingv1.NetworkPolicyEgressRule
		for _, p := range rule.Ports {
			port := networkingv1.NetworkPolicyPort{Protocol: p.Protocol, EndPort: p.EndPort}
			if p.Port != nil {
				number := intstr.FromInt32(p.Port.IntVal) // a name is none of the ports that are looked for
				port.Port = &number
			}
			one.Ports = append(one.Ports, port)
		}
		for _, peer := range rule.To {
			var to networkingv1.NetworkPolicyPeer // another pod or namespace is none of the addresses
			if b := peer.IPBlock; b != nil {
				to.IPBlock = &networkingv1.IPBlock{CIDR: b.CIDR, Except: b.Except}
			}
			one.To = append(one.To, to)
		}
		kept.Spec.Egress = append(kept.Spec.Egress, one)
	}
	return kept
}

// keptEndpointSlice keeps whether the endpoints of a service are ready.
func keptEndpointSlice(o *discoveryv1.EndpointSlice) *discoveryv1.EndpointSlice {
	kept := &discoveryv1.EndpointSlice{ObjectMeta: named(&o.ObjectMeta)}
	kept.Labels = keptLabels(o.Labels, map[string]bool{discoveryv1.LabelServiceName: true})
	for _, e := range o.Endpoints {
		kept.Endpoints = append(kept.Endpoints, discoveryv1.Endpoint{Conditions: discoveryv1.EndpointConditions{Ready: e.Conditions.Ready}})
	}
	return kept
}
