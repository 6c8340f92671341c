package check

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa703 = Check{
	Code: IRSA703, Class: Breaks, Link: LinkPodIdentity,
	Title: "the Pod Identity agent does not run on the pod's node",
	Doc: Doc{
		Means: `With EKS Pod Identity an SDK asks an agent on its own node for credentials, at 169.254.170.23. The agent is a DaemonSet
that the add-on eks-pod-identity-agent brings; an association alone does not install it. On this node no agent is
ready, so nobody answers. EKS Auto Mode nodes have the agent built in, and are not asked for one.`,
		Example: `    kubectl get pods -n kube-system -l app.kubernetes.io/name=eks-pod-identity-agent
    No resources found in kube-system namespace.`,
		Fix: `Install the add-on:

    aws eks create-addon --cluster-name prod --addon-name eks-pod-identity-agent

If it is there and has no ready pod on this node, look why: a taint that it does not tolerate, a node role without
eks-auth:AssumeRoleForPodIdentity, IPv6 switched off on the node (the agent then needs to be told so), or no way to
the EKS Auth endpoint from a private subnet (com.amazonaws.REGION.eks-auth).`,
		Verify: `Look for a ready agent on the pod's node, and read its log:

    kubectl get pods -n kube-system -l app.kubernetes.io/name=eks-pod-identity-agent -o wide
    kubectl logs -n kube-system -l app.kubernetes.io/name=eks-pod-identity-agent --tail=20`,
	},
	Run: func(s *subject.Subject) Outcome {
		if out, settled := beforePodIdentity(s); settled {
			return out
		}
		j := s.PodIdentity
		up, known := j.Agent.Get()
		switch {
		case !known:
			return unknown(fact.GapOf(j.Agent))
		case up:
			return pass(j.Agent.Source())
		}
		out := Outcome{
			Result: Fail, Where: "node " + s.Node.Name, Have: "no agent", Need: "a ready pod of " + snapshot.AgentName,
			Why:      "an SDK asks the agent on its own node for credentials, and nothing answers there",
			Evidence: []string{j.Agent.Source()},
		}
		agents, _ := s.Snapshot.Agents(s.Node.Name).Get()
		switch cluster := s.Snapshot.Cluster().Name; {
		case len(agents) > 0:
			out.Have = "pod " + agents[0].Name + ", not ready"
			out.Advice = "see why it is not ready: kubectl logs -n " + snapshot.AgentNamespace + " " + agents[0].Name
		case agentElsewhere(s):
			out.Advice = "the agent runs on other nodes; see which taint or node selector keeps it from this one"
		case cluster == "":
			out.Advice = "install the add-on " + snapshot.AgentName
		default:
			out.Fix = []change.Change{change.InstallAgent{Cluster: cluster, Node: s.Node.Name}}
		}
		return out
	},
}

// agentElsewhere reports whether an agent runs on any node, as far as the pods were read.
func agentElsewhere(s *subject.Subject) bool {
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](s.Snapshot) {
		if pod.Labels[snapshot.AgentLabel] == snapshot.AgentName {
			return true
		}
	}
	return false
}
