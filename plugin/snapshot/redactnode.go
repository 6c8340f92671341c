package snapshot

import corev1 "k8s.io/api/core/v1"

// networkConditions keeps of a node's conditions what its network plugin says of itself: the type and the reason of
// NetworkUnavailable, by which the plugin is known.
func networkConditions(conditions []corev1.NodeCondition) []corev1.NodeCondition {
	var kept []corev1.NodeCondition
	for _, c := range conditions {
		if c.Type == corev1.NodeNetworkUnavailable {
			kept = append(kept, corev1.NodeCondition{Type: c.Type, Status: c.Status, Reason: c.Reason})
		}
	}
	return kept
}
