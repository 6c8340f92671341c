package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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
		Fix: `Where the cluster has no DaemonSet of the agent, install the add-on:

    aws eks create-addon --cluster-name prod --addon-name eks-pod-identity-agent

Where it has one, fix what keeps its pod from this node. A taint that it does not tolerate:

    kubectl patch daemonset/eks-pod-identity-agent -n kube-system --type=json \
        -p '[{"op":"add","path":"/spec/template/spec/tolerations/-","value":{"operator":"Exists"}}]'

A host port in use: the agent takes the ports 80 and 2703 of the node. IPv6 disabled on the node: set
agent.additionalArgs to {"-b": "169.254.170.23"} in the configuration of the add-on. A crash or no readiness: the
node's role lacks eks-auth:AssumeRoleForPodIdentity, or a private subnet has no way to the EKS Auth endpoint
(com.amazonaws.REGION.eks-auth).`,
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
		case up && len(j.WayGaps) > 0:
			return unknown(j.WayGaps...)
		case up:
			return pass(j.Agent.Source())
		}
		out := Outcome{
			Result: Fail, Where: "node " + s.Node.Name, Have: "no agent", Need: "a ready pod of " + snapshot.AgentName,
			Why:      "an SDK asks the agent on its own node for credentials, and nothing answers there",
			Evidence: []string{j.Agent.Source()},
		}
		noAgent(s, &out)
		return out
	},
}

// noAgent says why no agent runs on the node, and what to do about it.
func noAgent(s *subject.Subject, out *Outcome) {
	fault := s.PodIdentity.AgentFault
	switch fault.Cause {
	case subject.AgentNotInstalled:
		notInstalled(s, out)
	case subject.AgentNotTolerating:
		out.Have = "no agent: " + agentSet(fault) + " does not tolerate the node's " + taintsText(fault.Taints)
		out.Fix = []change.Change{change.TolerateTaints{
			DaemonSet: fault.DaemonSet.Name, Taints: fault.Taints, Node: s.Node.Name, First: len(fault.DaemonSet.Spec.Template.Spec.Tolerations) == 0,
		}}
	case subject.AgentExcluded:
		out.Have = "no agent: " + agentSet(fault) + " selects only nodes with " + fault.Excludes
		out.Advice = "change the node selector or node affinity of " + agentSet(fault) + " so that it selects node " + s.Node.Name + ", or run the pod on a node that it selects"
	case subject.AgentUnscheduled:
		out.Have = "pod " + fault.Pod.Name + ", Pending"
		if fault.Message != "" {
			out.Have += ": " + fault.Message
		}
		unscheduled(s, fault, out)
	case subject.AgentNotStarted:
		out.Have = "pod " + fault.Pod.Name + ", " + fault.Reason
		if fault.Message != "" {
			out.Have += ": " + fault.Message
		}
		notStarted(fault, out)
	case subject.AgentCrashing:
		out.Have = "pod " + fault.Pod.Name + ", crashing: " + fault.Message
		out.Advice = "where it cannot bind an IPv6 address, set agent.additionalArgs to {\"-b\": \"169.254.170.23\"} in the configuration of the add-on; read why it ends"
		out.Look = append(logsOf(fault), "--previous")
	case subject.AgentNotReady:
		out.Have = "pod " + fault.Pod.Name + ", not ready"
		out.Advice, out.Look = "read why it is not ready", logsOf(fault)
	case subject.AgentWithoutPod:
		status := fault.DaemonSet.Status
		out.Have = fmt.Sprintf("no agent: %s selects the node and has no pod there (%d of %d pods ready)", agentSet(fault), status.NumberReady, status.DesiredNumberScheduled)
		out.Advice = "read why it creates none"
		out.Look = []string{"kubectl", "describe", "daemonset", fault.DaemonSet.Name, "-n", snapshot.AgentNamespace}
	default:
		out.Advice = "install the add-on " + snapshot.AgentName + " only if there is none; find out whether it is installed"
		out.Look = []string{"kubectl", "get", "daemonset", snapshot.AgentName, "-n", snapshot.AgentNamespace}
	}
}

func notInstalled(s *subject.Subject, out *Outcome) {
	switch cluster := s.Snapshot.Cluster().Name; {
	case agentElsewhere(s):
		out.Advice = "the agent runs on other nodes; see which taint or node selector keeps it from this one"
	case cluster == "":
		out.Advice = "install the add-on " + snapshot.AgentName
	default:
		out.Fix = []change.Change{change.InstallAgent{Cluster: cluster, Node: s.Node.Name}}
	}
}

func agentSet(f subject.AgentFault) string { return "DaemonSet " + f.DaemonSet.Name }

func logsOf(f subject.AgentFault) []string {
	return []string{"kubectl", "logs", "-n", snapshot.AgentNamespace, f.Pod.Name}
}

func describe(f subject.AgentFault) []string {
	return []string{"kubectl", "describe", "pod", f.Pod.Name, "-n", snapshot.AgentNamespace}
}

func taintsText(taints []corev1.Taint) string {
	texts := make([]string, len(taints))
	for i := range taints {
		texts[i] = taints[i].ToString()
	}
	word := "taint "
	if len(taints) > 1 {
		word = "taints "
	}
	return word + strings.Join(texts, ", ")
}

// unscheduled advises what the scheduler's message asks for
// (https://github.com/kubernetes/kubernetes/tree/master/pkg/scheduler/framework/plugins has the messages).
func unscheduled(s *subject.Subject, f subject.AgentFault, out *Outcome) {
	switch {
	case strings.Contains(f.Message, "free ports"):
		if holder := portHolder(s, f.Pod); holder != "" {
			out.Advice = "free the port on node " + s.Node.Name + ": " + holder
			return
		}
		out.Advice = "free the agent's ports on node " + s.Node.Name + " (it takes 80 and 2703 of the host): find the pod there that uses one of them as hostPort or with hostNetwork"
	case strings.Contains(f.Message, "taint"):
		out.Advice = "let " + snapshot.AgentName + " tolerate the taint that the message names"
	case strings.Contains(f.Message, "Insufficient"), strings.Contains(f.Message, "Too many pods"):
		out.Advice = "make room on node " + s.Node.Name + " for what the message names, or lower the agent's requests"
	default:
		out.Advice, out.Look = "read what keeps it from the node", describe(f)
	}
}

// portHolder names a pod of the node that uses a host port which the agent's pod needs, as far as pods were read.
func portHolder(s *subject.Subject, agent *corev1.Pod) string {
	wanted := hostPorts(agent)
	wanted[80], wanted[2703] = true, true
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](s.Snapshot) {
		if pod.Spec.NodeName != s.Node.Name || pod.Labels[snapshot.AgentLabel] == snapshot.AgentName {
			continue
		}
		for _, port := range slices.Sorted(maps.Keys(hostPorts(pod))) {
			if wanted[port] {
				return fmt.Sprintf("pod %s -n %s uses host port %d", pod.Name, pod.Namespace, port)
			}
		}
	}
	return ""
}

func hostPorts(pod *corev1.Pod) map[int32]bool {
	ports := map[int32]bool{}
	for _, c := range pod.Spec.Containers {
		for _, p := range c.Ports {
			if p.HostPort != 0 {
				ports[p.HostPort] = true
			} else if pod.Spec.HostNetwork {
				ports[p.ContainerPort] = true
			}
		}
	}
	return ports
}

func notStarted(f subject.AgentFault, out *Outcome) {
	if strings.Contains(f.Reason, "Image") {
		out.Advice = "let the node pull the agent's image: its registry must be reachable, and the node's role needs AmazonEC2ContainerRegistryPullOnly"
		return
	}
	out.Advice, out.Look = "remove what the message names", describe(f)
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
