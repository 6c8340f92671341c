package snapshot

import corev1 "k8s.io/api/core/v1"

// keepAgentTrouble keeps of the status of an agent's pod why it does not run: what the scheduler says, and what keeps its
// containers from starting.
func keepAgentTrouble(kept *corev1.PodStatus, status corev1.PodStatus) {
	for i, c := range status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status != corev1.ConditionTrue {
			kept.Conditions[i].Reason, kept.Conditions[i].Message = c.Reason, c.Message
		}
	}
	for _, c := range status.ContainerStatuses {
		one := corev1.ContainerStatus{Name: c.Name, Ready: c.Ready, RestartCount: c.RestartCount}
		if w := c.State.Waiting; w != nil {
			one.State.Waiting = &corev1.ContainerStateWaiting{Reason: w.Reason, Message: w.Message}
		}
		one.State.Terminated, one.LastTerminationState.Terminated = howEnded(c.State.Terminated), howEnded(c.LastTerminationState.Terminated)
		kept.ContainerStatuses = append(kept.ContainerStatuses, one)
	}
}

// howEnded leaves out a container's termination message, which the program writes.
func howEnded(t *corev1.ContainerStateTerminated) *corev1.ContainerStateTerminated {
	if t == nil {
		return nil
	}
	return &corev1.ContainerStateTerminated{ExitCode: t.ExitCode, Signal: t.Signal, Reason: t.Reason}
}
