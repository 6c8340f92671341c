package subject

import corev1 "k8s.io/api/core/v1"

// A NodeSource is where the settings of a pod's node come from, among them the options of its metadata service: an instance
// that is replaced comes back with those.
type NodeSource struct {
	NodeClass      string // the EC2NodeClass of Karpenter
	AutoClass      string // the NodeClass of EKS Auto Mode, which cannot set them
	NodeGroup      string // the managed node group
	LaunchTemplate string // the id of its launch template
	Version        string // of the launch template
}

// Source is where the settings of the node come from, by the labels that Karpenter and EKS give nodes
// (https://karpenter.sh/docs/concepts/nodeclasses/, https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html).
func (p NodePicture) Source() NodeSource {
	node, known := p.Node.Get()
	if !known {
		return NodeSource{}
	}
	return nodeSource(node)
}

func nodeSource(node *corev1.Node) NodeSource {
	return NodeSource{
		NodeClass: node.Labels["karpenter.k8s.aws/ec2nodeclass"], AutoClass: node.Labels["eks.amazonaws.com/nodeclass"],
		NodeGroup:      node.Labels["eks.amazonaws.com/nodegroup"],
		LaunchTemplate: node.Labels["eks.amazonaws.com/sourceLaunchTemplateId"], Version: node.Labels["eks.amazonaws.com/sourceLaunchTemplateVersion"],
	}
}
