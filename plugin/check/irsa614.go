package check

import (
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa614 = Check{
	Code: IRSA614, Class: Note, Link: LinkEnvironment,
	Title: "network policies do not allow the egress that the credentials need",
	Doc: Doc{
		Means: `A NetworkPolicy selects the pod for egress, and none of the policies that select it allows the connection that its
credentials need: STS on port 443 for a web identity, the Pod Identity agent at 169.254.170.23 port 80 ([fd00:ec2::23]
with IPv6), or the metadata service at 169.254.169.254 port 80. If the network plugin enforces policies, the call
times out. Whether the plugin enforces them is unknown, and other kinds of policies (of Cilium or Calico, for example)
are not read. For Cilium, an address of the node is not part of any ipBlock: 0.0.0.0/0 does not allow the agent.`,
		Example: `A policy that allows only the database and the cluster's DNS:

    spec:
      podSelector: {matchLabels: {app: web}}
      policyTypes: [Egress]
      egress:
      - to: [{podSelector: {matchLabels: {app: db}}}]
        ports: [{port: 5432}]
      - ports: [{port: 53, protocol: UDP}]

    botocore.exceptions.CredentialRetrievalError: Error when retrieving credentials from container-role:
    Connect timeout on endpoint URL: "http://169.254.170.23/v1/credentials"`,
		Fix: `Allow STS by its port, because its addresses change:

    egress:
    - ports: [{port: 443, protocol: TCP}]

Allow the agent by its address:

    egress:
    - to: [{ipBlock: {cidr: 169.254.170.23/32}}]
      ports: [{port: 80, protocol: TCP}]

With Cilium, allow the entity host in a CiliumNetworkPolicy:

    egress:
    - toEntities: [host]
      toPorts: [{ports: [{port: "80", protocol: TCP}]}]`,
		Verify: `Test the connection in the pod:

    kubectl exec web-0 -n shop -c app -- curl -sm 5 -o /dev/null -w '%{http_code}\n' https://sts.us-west-2.amazonaws.com
    kubectl exec web-0 -n shop -c app -- curl -sm 5 -o /dev/null -w '%{http_code}\n' http://169.254.170.23/v1/credentials`,
	},
	Run: func(s *subject.Subject) Outcome {
		if s.Pod.Spec.HostNetwork {
			return skip("network policies have no effect on a pod on the host network")
		}
		return perBound(s, func(c *subject.Container) Outcome {
			switch c.Wants {
			case inject.WebIdentity:
				return stsAllowed(s, c)
			case inject.PodIdentity:
				return agentAllowed(s, c.AgentAddress())
			default:
				return allowed(s, "the metadata service", netip.MustParseAddr(subject.MetadataIPv4))
			}
		}, inject.WebIdentity, inject.PodIdentity, subject.FromNode)
	},
}

// agentAllowed is allowed for the Pod Identity agent, whose address is one of the node itself.
func agentAllowed(s *subject.Subject, address netip.Addr) Outcome {
	out := allowed(s, "the Pod Identity agent", address)
	if out.Result == Fail && subject.UnderCilium(s.Snapshot, s.Pod) {
		out.Why = "the node runs Cilium, for which " + address.String() + " is the node itself: no ipBlock includes it, not even 0.0.0.0/0, unless Cilium runs with policy-cidr-match-mode=nodes"
		out.Advice = "allow it in a CiliumNetworkPolicy that selects the pod, with egress toEntities [host] and toPorts 80/TCP"
	}
	return out
}

func allowed(s *subject.Subject, what string, address netip.Addr) Outcome {
	blocking := subject.EgressTo(s.Snapshot, s.Pod, address, 80)
	names, known := blocking.Get()
	switch {
	case !known:
		return gap(blocking)
	case len(names) == 0:
		return pass(blocking.Source())
	default:
		return notAllowed(s, names, "egress to "+what+" at "+address.String()+" port 80", blocking.Source())
	}
}

func notAllowed(s *subject.Subject, policies []string, need, source string) Outcome {
	return Outcome{
		Result: Fail, Where: "network policies of namespace " + s.Pod.Namespace, Have: strings.Join(policies, ", ") + ": no rule that allows it", Need: need,
		Why:      "if the network plugin enforces policies, a pod that they select for egress reaches only what one of them allows",
		Advice:   "allow it in a network policy that selects the pod",
		Evidence: []string{source},
	}
}

// stsAllowed looks for a rule that allows the pod port 443. STS has no fixed addresses: a rule for every
// address allows it, one for some may.
func stsAllowed(s *subject.Subject, c *subject.Container) Outcome {
	selecting := subject.EgressPolicies(s.Snapshot, s.Pod)
	policies, known := selecting.Get()
	switch {
	case !known:
		return gap(selecting)
	case len(policies) == 0:
		return pass(selecting.Source())
	}
	const what = "egress to STS"
	some := false
	var names []string
	for _, policy := range policies {
		names = append(names, policy.Name)
		for _, rule := range policy.Spec.Egress {
			if !subject.AllowsPort(rule.Ports, 443) {
				continue
			}
			if anywhere(rule) {
				return pass(selecting.Source())
			}
			some = some || slices.ContainsFunc(rule.To, func(p networkingv1.NetworkPolicyPeer) bool { return p.IPBlock != nil })
		}
	}
	proxy := c.Variables.First("HTTPS_PROXY", "https_proxy")
	switch {
	case proxy.Presence != inject.Unset && (!proxy.Known || proxy.Value != ""):
		return unknown(fact.Gap{What: what, Reason: "it goes through a proxy, and whether the policies allow the proxy is unknown"})
	case some:
		return unknown(fact.Gap{What: what, Reason: "the policies allow port 443 of some addresses, and whether STS has one of them is unknown"})
	default:
		return notAllowed(s, names, what+" on port 443", selecting.Source())
	}
}

// anywhere reports whether a rule allows every address, or all but some of them.
func anywhere(rule networkingv1.NetworkPolicyEgressRule) bool {
	return len(rule.To) == 0 || slices.ContainsFunc(rule.To, func(p networkingv1.NetworkPolicyPeer) bool {
		if p.IPBlock == nil {
			return false
		}
		block, err := netip.ParsePrefix(p.IPBlock.CIDR)
		return err == nil && block.Bits() == 0 && block.Addr().Is4()
	})
}
