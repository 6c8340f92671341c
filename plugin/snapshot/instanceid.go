package snapshot

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// InstanceID returns the id of the EC2 instance that a node is, empty if it is none. spec.providerID has the forms
// aws:///ZONE/i-…, aws:////i-…, i-…, aws:///ZONE/…/fargate-… and eks-hybrid:///REGION/CLUSTER/NAME
// (kubernetes/cloud-provider-aws, aws/eks-hybrid); other clouds have a scheme of their own.
func InstanceID(node *corev1.Node) string {
	path := node.Spec.ProviderID
	if scheme, rest, has := strings.Cut(path, "://"); has {
		if scheme != "aws" {
			return ""
		}
		path = rest
	}
	last := path[strings.LastIndex(path, "/")+1:]
	if !IsInstanceID(last) {
		return ""
	}
	return last
}

// IsInstanceID reports whether a text has the form of an EC2 instance's id.
func IsInstanceID(text string) bool {
	digits, ok := strings.CutPrefix(text, "i-")
	return ok && digits != "" && strings.Trim(digits, "0123456789abcdef") == ""
}
