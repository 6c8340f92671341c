package snapshot

import corev1 "k8s.io/api/core/v1"

// keepAgentTrouble keeps of the status of an agent's pod why it does not run: what the scheduler says, and what keeps its
// containers from starting.
func keepAgentTrouble(kept *corev1.PodStatus, status corev1.PodStatus) {
	for i, c := range status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status != corev1.ConditionTrue {
			kept.Conditions[i].Reason, kept.Conditions[i].Message = c.Reason, shortened(c.Message)
		}
	}
	for i, c := range status.ContainerStatuses {
		if w := c.State.Waiting; w != nil {
			kept.ContainerStatuses[i].State.Waiting.Message = shortened(w.Message)
		}
	}
}
