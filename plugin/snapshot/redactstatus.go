package snapshot

import corev1 "k8s.io/api/core/v1"

// keptPodStatus keeps when containers ran and how they ended, without messages: the program writes the termination message.
// Of the agent's pods it keeps also whether they are ready, and why they do not run: what the scheduler says, and what keeps
// their containers from starting.
func keptPodStatus(o *corev1.Pod) corev1.PodStatus {
	agent := isAgent(o)
	kept := corev1.PodStatus{
		Phase: o.Status.Phase, HostIP: o.Status.HostIP, PodIP: o.Status.PodIP,
		InitContainerStatuses: keptStatuses(o.Status.InitContainerStatuses, false), ContainerStatuses: keptStatuses(o.Status.ContainerStatuses, agent),
	}
	for _, c := range o.Status.Conditions {
		one := corev1.PodCondition{Type: c.Type, Status: c.Status, LastTransitionTime: c.LastTransitionTime}
		switch {
		case !agent || c.Type != corev1.PodReady && c.Type != corev1.PodScheduled:
			continue
		case c.Type == corev1.PodScheduled && c.Status != corev1.ConditionTrue:
			one.Reason, one.Message = c.Reason, shortened(c.Message)
		}
		kept.Conditions = append(kept.Conditions, one)
	}
	return kept
}

func keptStatuses(list []corev1.ContainerStatus, agent bool) []corev1.ContainerStatus {
	var kept []corev1.ContainerStatus
	for i := range list {
		c := &list[i]
		one := corev1.ContainerStatus{
			Name: c.Name, Ready: c.Ready, RestartCount: c.RestartCount, State: keptState(c.State), LastTerminationState: keptState(c.LastTerminationState),
		}
		if c.State.Waiting != nil && agent {
			one.State.Waiting.Message = shortened(c.State.Waiting.Message)
		}
		kept = append(kept, one)
	}
	return kept
}

func keptState(o corev1.ContainerState) (kept corev1.ContainerState) {
	if r := o.Running; r != nil {
		kept.Running = &corev1.ContainerStateRunning{StartedAt: r.StartedAt}
	}
	if w := o.Waiting; w != nil {
		kept.Waiting = &corev1.ContainerStateWaiting{Reason: w.Reason}
	}
	if t := o.Terminated; t != nil {
		kept.Terminated = &corev1.ContainerStateTerminated{ExitCode: t.ExitCode, Reason: t.Reason, StartedAt: t.StartedAt, FinishedAt: t.FinishedAt}
	}
	return kept
}
