package subject

import (
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// EgressPolicies answers with the network policies that select the pod for egress: it then reaches only what
// one of them allows. Whether the cluster's network plugin enforces them is unknown. Host-network pods
// are not bound by network policies (Kubernetes documentation, Network Policies).
func EgressPolicies(s *snapshot.Snapshot, pod *corev1.Pod) fact.Fact[[]*networkingv1.NetworkPolicy] {
	return fact.Map(s.NetworkPolicies(pod.Namespace), func(policies []*networkingv1.NetworkPolicy) []*networkingv1.NetworkPolicy {
		var selecting []*networkingv1.NetworkPolicy
		for _, policy := range policies {
			selector, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector)
			if err == nil && selector.Matches(labels.Set(pod.Labels)) && restrictsEgress(policy) && !pod.Spec.HostNetwork {
				selecting = append(selecting, policy)
			}
		}
		return selecting
	})
}

// EgressTo answers with the names of the network policies that select the pod for egress and of which none
// allows the address and port; none means that it is allowed.
func EgressTo(s *snapshot.Snapshot, pod *corev1.Pod, to netip.Addr, port int32) fact.Fact[[]string] {
	blocks := !isAgentAddress(to) || !UnderCilium(s, pod)
	return fact.Map(EgressPolicies(s, pod), func(policies []*networkingv1.NetworkPolicy) []string {
		var names []string
		for _, policy := range policies {
			if slices.ContainsFunc(policy.Spec.Egress, func(rule networkingv1.NetworkPolicyEgressRule) bool { return allows(rule, to, port, blocks) }) {
				return nil
			}
			names = append(names, policy.Name)
		}
		return names
	})
}

func restrictsEgress(policy *networkingv1.NetworkPolicy) bool {
	if len(policy.Spec.PolicyTypes) == 0 {
		return len(policy.Spec.Egress) > 0
	}
	return slices.Contains(policy.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
}

// allows reports whether a rule allows an address and a port; blocks says whether an ipBlock can cover the address.
func allows(rule networkingv1.NetworkPolicyEgressRule, to netip.Addr, port int32, blocks bool) bool {
	return AllowsPort(rule.Ports, port) && (len(rule.To) == 0 || blocks && slices.ContainsFunc(rule.To, func(peer networkingv1.NetworkPolicyPeer) bool {
		return peer.IPBlock != nil && inBlock(peer.IPBlock, to)
	}))
}

// UnderCilium reports whether the network plugin of the pod's node is known to be Cilium: it sets the node's condition
// NetworkUnavailable with its own reason. To Cilium an address of the node itself is the entity host, which no ipBlock
// selects and a rule without peers does (https://github.com/cilium/cilium/issues/34387), unless it runs with
// policy-cidr-match-mode=nodes (https://github.com/cilium/cilium/pull/28421).
func UnderCilium(s *snapshot.Snapshot, pod *corev1.Pod) bool {
	node, known := s.Node(pod.Spec.NodeName).Get()
	return known && slices.ContainsFunc(node.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeNetworkUnavailable && c.Reason == "CiliumIsUp"
	})
}

// isAgentAddress reports whether an address is one that the Pod Identity agent has on every node.
func isAgentAddress(a netip.Addr) bool {
	return a == netip.MustParseAddr(agentIPv4) || a == netip.MustParseAddr(agentIPv6)
}

func inBlock(block *networkingv1.IPBlock, to netip.Addr) bool {
	in := func(cidr string) bool {
		prefix, err := netip.ParsePrefix(cidr)
		return err == nil && prefix.Contains(to)
	}
	return in(block.CIDR) && !slices.ContainsFunc(block.Except, in)
}

// AllowsPort reports whether a rule of a network policy, by its ports, allows a TCP port.
func AllowsPort(ports []networkingv1.NetworkPolicyPort, want int32) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(p networkingv1.NetworkPolicyPort) bool {
		if p.Protocol != nil && *p.Protocol != corev1.ProtocolTCP {
			return false
		}
		if p.Port == nil {
			return true
		}
		first := p.Port.IntVal
		if p.EndPort != nil {
			return first <= want && want <= *p.EndPort
		}
		return first == want
	})
}
