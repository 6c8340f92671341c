package inject

import corev1 "k8s.io/api/core/v1"

// TokenAt returns the service account token that is projected to a path in a container, and whether that is known: what a
// volume of another kind or the image has there is not.
func TokenAt(pod *corev1.Pod, c *corev1.Container, file string) (token *corev1.ServiceAccountTokenProjection, known bool) {
	p := locator{pod: pod, container: c}.place(file)
	if p.mount == nil || !p.known || p.volume == nil {
		return nil, false
	}
	return p.token(), !p.unread()
}
