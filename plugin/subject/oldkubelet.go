package subject

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/version"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

// tokensForUsers is the Kubernetes version since which the kubelet gives a projected token to the user that the
// containers run as. Before, it was for root alone (mode 0600) unless the pod has an fsGroup (KEP-1205).
var tokensForUsers = version.MustParseGeneric("1.19")

// RootsToken reports whether the pod's kubelet is so old that its tokens are for root alone.
func (s *Seen) RootsToken() bool {
	if security := s.Pod.Spec.SecurityContext; security != nil && security.FSGroup != nil {
		return false
	}
	running := s.Snapshot.Cluster().Version
	if node, ok := s.Node.Node.Get(); ok && node.Status.NodeInfo.KubeletVersion != "" {
		running = node.Status.NodeInfo.KubeletVersion
	}
	parsed, err := version.ParseGeneric(running)
	return err == nil && parsed.LessThan(tokensForUsers)
}

// withRootsTokens adds to a reading the containers that may not read their token because the kubelet is old.
func (s *Seen) withRootsTokens(r inject.Reading) inject.Reading {
	if s.Node.Windows || !s.RootsToken() {
		return r
	}
	specs := inject.ContainersOf(s.Pod)
	for i := range r.Containers {
		c := &r.Containers[i]
		if c.Type == inject.Ephemeral || c.Audience == "" || c.Has(inject.UnreadableToken) || !notRoot(s.Pod, specs[i]) {
			continue
		}
		mechanism := c.Mechanism
		if mechanism == inject.None {
			mechanism = c.ByHand
		}
		c.Problems = append(c.Problems, inject.Problem{
			Kind: inject.UnreadableToken, Mechanism: mechanism,
			Detail: "before Kubernetes 1.19 the token belongs to root with mode 0600, and the container runs as another user",
		})
	}
	return r
}

// notRoot reports whether the pod sets another user than root for a container.
func notRoot(pod *corev1.Pod, c *corev1.Container) bool {
	user, must := (*int64)(nil), false
	if s := pod.Spec.SecurityContext; s != nil {
		user, must = s.RunAsUser, s.RunAsNonRoot != nil && *s.RunAsNonRoot
	}
	if s := c.SecurityContext; s != nil {
		if s.RunAsUser != nil {
			user = s.RunAsUser
		}
		if s.RunAsNonRoot != nil {
			must = *s.RunAsNonRoot
		}
	}
	return must || user != nil && *user != 0
}
