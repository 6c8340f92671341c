package subject

import (
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// agent reports whether the agent answers on the pod's node. Auto Mode nodes have it built in.
func (s *Seen) agent() fact.Fact[bool] {
	if s.Node.Platform == PlatformAuto {
		return fact.Known(true, s.Node.Node.Source())
	}
	if s.Node.Name == "" {
		return fact.Unasked[bool]("the Pod Identity agent", "the pod is not on a node yet")
	}
	if s.Node.Platform == PlatformUnknown && !s.Node.Node.Known() {
		if agents, ok := s.Snapshot.Agents(s.Node.Name).Get(); !ok || len(agents) == 0 {
			return fact.Map(s.Node.Node, func(*corev1.Node) bool { return false })
		}
	}
	list := s.Snapshot.Agents(s.Node.Name)
	agents, _ := list.Get()
	silent := slices.IndexFunc(agents, func(pod *corev1.Pod) bool { return readiness(pod) == "" })
	if silent >= 0 && !slices.ContainsFunc(agents, ready) {
		return fact.Unreadable[bool]("pod "+agents[silent].Name+" -n "+snapshot.AgentNamespace, "its status does not show whether it is ready")
	}
	return fact.Map(list, func(agents []*corev1.Pod) bool { return slices.ContainsFunc(agents, ready) })
}

func ready(pod *corev1.Pod) bool { return readiness(pod) == corev1.ConditionTrue }

// readiness is the pod's condition Ready: empty where a snapshot leaves it out.
func readiness(pod *corev1.Pod) corev1.ConditionStatus {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status
		}
	}
	return ""
}

// An AgentFault is why no ready agent runs on the pod's node.
type AgentFault struct {
	Cause     AgentCause
	DaemonSet *appsv1.DaemonSet // the one that should run it; nil where none is known
	Pod       *corev1.Pod       // the agent's pod that does not run; nil where there is none
	// Taints are those of the node that the DaemonSet does not tolerate, Excludes is what of its node selector or node
	// affinity excludes the node.
	Taints   []corev1.Taint
	Excludes string
	// Reason and Message are what Kubernetes says of the pod.
	Reason, Message string
	// Gaps say why it is unknown.
	Gaps []fact.Gap
}

// An AgentCause is why no ready agent runs on a node.
type AgentCause int

// The causes.
const (
	AgentCauseUnknown  AgentCause = iota // the DaemonSet could not be read
	AgentNotInstalled                    // there is no DaemonSet
	AgentNotTolerating                   // the DaemonSet does not tolerate a taint of the node
	AgentExcluded                        // its node selector or node affinity excludes the node
	AgentUnscheduled                     // its pod is pending: the scheduler finds no place for it
	AgentNotStarted                      // a container of its pod does not start
	AgentCrashing                        // a container of its pod ends again and again
	AgentNotReady                        // its pod runs and is not ready
	AgentWithoutPod                      // the DaemonSet should run a pod on the node, and there is none
)

// agentFault looks for the reason: in the agent's pod for the node, and else in the DaemonSets.
func (s *Seen) agentFault() AgentFault {
	list := s.Snapshot.AgentDaemonSets()
	sets, known := list.Get()
	if pod := s.agentPod(); pod != nil {
		fault := agentPodFault(pod)
		for _, set := range sets {
			if ownedBy(pod, set) {
				fault.DaemonSet = set
			}
		}
		return fault
	}
	node, seen := s.Node.Node.Get()
	switch {
	case !known:
		return AgentFault{Gaps: []fact.Gap{fact.GapOf(list)}}
	case len(sets) == 0:
		return AgentFault{Cause: AgentNotInstalled}
	case !seen:
		return AgentFault{Gaps: []fact.Gap{fact.GapOf(s.Node.Node)}}
	}
	var first AgentFault
	for _, set := range sets {
		fault := placement(set, node)
		if fault.Cause == AgentWithoutPod {
			return fault
		}
		// A taint that is not tolerated says more than a selector: the DaemonSet is meant for such nodes.
		if first.Cause == AgentCauseUnknown || first.Cause == AgentExcluded && fault.Cause == AgentNotTolerating {
			first = fault
		}
	}
	return first
}

// agentPod is the agent's pod on the node or, where there is none, the one that a DaemonSet made for it and that is not
// scheduled yet: the DaemonSet controller names the node in the pod's node affinity.
func (s *Seen) agentPod() *corev1.Pod {
	if on, _ := s.Snapshot.Agents(s.Node.Name).Get(); len(on) > 0 {
		return on[0]
	}
	waiting, _ := s.Snapshot.Agents("").Get()
	for _, pod := range waiting {
		if slices.Contains(meantFor(pod), s.Node.Name) {
			return pod
		}
	}
	return nil
}

func ownedBy(pod *corev1.Pod, set *appsv1.DaemonSet) bool {
	return slices.ContainsFunc(pod.OwnerReferences, func(o metav1.OwnerReference) bool {
		return o.Kind == "DaemonSet" && o.Name == set.Name && pod.Namespace == set.Namespace
	})
}

// agentPodFault is what keeps the agent's pod from being ready.
func agentPodFault(pod *corev1.Pod) AgentFault {
	fault := AgentFault{Cause: AgentNotReady, Pod: pod}
	if pod.Spec.NodeName == "" {
		fault.Cause = AgentUnscheduled
		for _, c := range pod.Status.Conditions {
			if c.Type == corev1.PodScheduled {
				fault.Reason, fault.Message = c.Reason, c.Message
			}
		}
		return fault
	}
	for _, c := range pod.Status.ContainerStatuses {
		waiting, ended := c.State.Waiting, c.State.Terminated
		if ended == nil {
			ended = c.LastTerminationState.Terminated
		}
		switch {
		case waiting != nil && waiting.Reason == "CrashLoopBackOff", waiting == nil && !c.Ready && ended != nil:
			fault.Cause, fault.Reason = AgentCrashing, "CrashLoopBackOff"
			if ended != nil {
				fault.Message = howItEnded(ended)
			}
			return fault
		case waiting != nil && waiting.Reason != "" && waiting.Reason != "ContainerCreating" && waiting.Reason != "PodInitializing":
			fault.Cause, fault.Reason, fault.Message = AgentNotStarted, waiting.Reason, waiting.Message
			return fault
		}
	}
	return fault
}

func howItEnded(t *corev1.ContainerStateTerminated) string {
	code := "exit code " + strconv.Itoa(int(t.ExitCode))
	if t.Reason == "" || t.Reason == "Error" {
		return code
	}
	return t.Reason + ", " + code
}
