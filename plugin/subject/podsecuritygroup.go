package subject

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// linkLocalGaps are why it is unknown whether the pod reaches the link-local addresses of its node: it has its own security
// group, and the VPC CNI sends all its traffic through a separate network interface, past the node. Only where
// the CNI's mode is standard, which is not the default, does traffic to the node's own addresses stay on the node
// (https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html#pod-id-considerations,
// https://github.com/aws/amazon-vpc-cni-k8s/issues/2797).
func linkLocalGaps(s *snapshot.Snapshot, pod *corev1.Pod) []fact.Gap {
	if pod.Annotations[snapshot.PodENI] == "" || pod.Spec.HostNetwork {
		return nil
	}
	const what = "the connection from the pod to link-local addresses of its node"
	const remedy = ": set " + snapshot.PodSecurityGroupMode + "=standard in DaemonSet aws-node and recreate the pod"
	set := snapshot.ObjectOf[*appsv1.DaemonSet](s, "kube-system", snapshot.AWSNode)
	if g, ok := set.Gap(); ok {
		return []fact.Gap{{What: what, Reason: "the pod has its own security group, and the setting of the VPC CNI that decides how it is enforced could not be read (" + g.Reason + ")" + remedy}}
	}
	found, known := set.Get()
	if known && securityGroupMode(found) == "standard" {
		return nil
	}
	return []fact.Gap{{What: what, Reason: "the pod has its own security group, and the VPC CNI enforces it in strict mode, which blocks these addresses" + remedy}}
}

// securityGroupMode is how the VPC CNI enforces security groups of pods.
func securityGroupMode(set *appsv1.DaemonSet) string {
	for _, c := range set.Spec.Template.Spec.Containers {
		for _, v := range c.Env {
			if v.Name == snapshot.PodSecurityGroupMode {
				return v.Value
			}
		}
	}
	return ""
}
