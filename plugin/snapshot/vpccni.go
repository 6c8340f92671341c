package snapshot

import appsv1 "k8s.io/api/apps/v1"

// What shows that a pod has its own security group, and how the VPC CNI enforces it
// (https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html).
const (
	// PodENI is the annotation that the VPC resource controller gives such a pod.
	PodENI = "vpc.amazonaws.com/pod-eni"
	// AWSNode is the DaemonSet of the VPC CNI, in the namespace kube-system.
	AWSNode = "aws-node"
	// PodSecurityGroupMode is its variable: strict, which is the default, or standard.
	PodSecurityGroupMode = "POD_SECURITY_GROUP_ENFORCING_MODE"
)

// keepSecurityGroupMode keeps the setting, which is none of an SDK, where it is one of the two words.
func keepSecurityGroupMode(set, kept *appsv1.DaemonSet) {
	containers := set.Spec.Template.Spec.Containers
	for i := range containers {
		for j, v := range containers[i].Env {
			if v.Name == PodSecurityGroupMode && (v.Value == "strict" || v.Value == "standard") {
				kept.Spec.Template.Spec.Containers[i].Env[j].Value = v.Value
			}
		}
	}
}
