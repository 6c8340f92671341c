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
	Title: "no Pod Identity agent is ready on the pod's node",
	Doc: Doc{
		Means: `With EKS Pod Identity, an SDK gets its credentials from an agent on its node, at 169.254.170.23. The agent is a
DaemonSet of the add-on eks-pod-identity-agent; creating an association does not install it. On this node no agent is
ready, so nothing answers the SDK. EKS Auto Mode nodes have a built-in agent and do not need the add-on.`,
		Example: `    $ kubectl get pods -n kube-system -l app.kubernetes.io/name=eks-pod-identity-agent
    No resources found in kube-system namespace.

    Get "http://169.254.170.23/v1/credentials": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
		Fix: `If the cluster has no DaemonSet of the agent, install the add-on:

    aws eks create-addon --cluster-name prod --addon-name eks-pod-identity-agent

If the node has a taint that the agent does not tolerate, add a toleration:

    kubectl patch daemonset/eks-pod-identity-agent -n kube-system --type=json \
        -p '[{"op":"add","path":"/spec/template/spec/tolerations/-","value":{"operator":"Exists"}}]'

If a host port is in use, free it: the agent needs ports 80 and 2703 of the node. If IPv6 is disabled on the node, set
agent.additionalArgs to {"-b": "169.254.170.23"} in the configuration of the add-on. If the agent crashes or is not
ready, the node's role has no permission for eks-auth:AssumeRoleForPodIdentity, or a private subnet cannot reach the
EKS Auth endpoint (com.amazonaws.REGION.eks-auth).`,
		Verify: `List the agents with their nodes, and read their logs:

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
			Why:      "an SDK gets its credentials from the agent on its node, and no agent is ready there",
			Evidence: []string{j.Agent.Source()},
		}
		noAgent(s, &out)
		return out
	},
}

// noAgent sets why no agent runs on the node, and what to do about it.
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
		out.Advice = "if it cannot bind an IPv6 address, set agent.additionalArgs to {\"-b\": \"169.254.170.23\"} in the configuration of the add-on; read its log"
		out.Look = append(logsOf(fault), "--previous")
	case subject.AgentNotReady:
		out.Have = "pod " + fault.Pod.Name + ", not ready"
		out.Advice, out.Look = "read in its log why it is not ready", logsOf(fault)
	case subject.AgentWithoutPod:
		status := fault.DaemonSet.Status
		out.Have = fmt.Sprintf("no agent: %s selects the node but has no pod there (%d of %d pods ready)", agentSet(fault), status.NumberReady, status.DesiredNumberScheduled)
		out.Advice = "read in its events why it creates none"
		out.Look = []string{"kubectl", "describe", "daemonset", fault.DaemonSet.Name, "-n", snapshot.AgentNamespace}
	default:
		out.Advice = "install the add-on " + snapshot.AgentName + " only if there is none; find out whether it is installed"
		out.Look = []string{"kubectl", "get", "daemonset", snapshot.AgentName, "-n", snapshot.AgentNamespace}
	}
}

func notInstalled(s *subject.Subject, out *Outcome) {
	switch cluster := s.Snapshot.Cluster().Name; {
	case agentElsewhere(s):
		out.Advice = "the agent runs on other nodes; find the taint or node selector that excludes it from this one"
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

// unscheduled advises what the scheduler's message requires
// (https://github.com/kubernetes/kubernetes/tree/master/pkg/scheduler/framework/plugins has the messages).
func unscheduled(s *subject.Subject, f subject.AgentFault, out *Outcome) {
	switch {
	case strings.Contains(f.Message, "free ports"):
		if holder := portHolder(s, f.Pod); holder != "" {
			out.Advice = "free the port on node " + s.Node.Name + ": " + holder
			return
		}
		out.Advice = "free the agent's ports on node " + s.Node.Name + " (host ports 80 and 2703): find the pod there that uses one of them as hostPort or with hostNetwork"
	case strings.Contains(f.Message, "taint"):
		out.Advice = "add a toleration for the taint in the message to " + snapshot.AgentName
	case strings.Contains(f.Message, "Insufficient"), strings.Contains(f.Message, "Too many pods"):
		out.Advice = "free the resources in the message on node " + s.Node.Name + ", or lower the agent's requests"
	default:
		out.Advice, out.Look = "read in its events why it is not scheduled", describe(f)
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
		out.Advice = "allow the node to pull the agent's image: its registry must be reachable, and the node's role needs AmazonEC2ContainerRegistryPullOnly"
		return
	}
	out.Advice, out.Look = "fix the cause in the message", describe(f)
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
