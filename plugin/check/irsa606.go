package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa606 = Check{
	Code: IRSA606, Class: Risk, Link: LinkFallback,
	Title: "a pod on the host's network can take the node's role",
	Doc: Doc{
		Means: `A pod with hostNetwork: true shares the network of its node. The metadata service answers it as it answers the
node itself: no hop limit and no network policy stands between them. So every process in the pod can take the
node's role, whatever role the pod has of its own. Only switching the instance's metadata endpoint off, or a packet
filter on the node, would stop it.`,
		Example: `A log shipper that uses the host's network although it only needs the host's files:

    spec:
      hostNetwork: true
      serviceAccountName: fluent-bit`,
		Fix: `Take hostNetwork out of the template if the pod does not need it. If it does, keep the node's role small: what the
kubelet, the image pulls and the network plugin need, and no more; the network plugin itself can have a role of its
own. Let the pod use its own role, so that at least it does not depend on the node's.`,
		Verify: `Ask the metadata service from inside the pod for the role's name:

    kubectl exec fluent-bit-h2v8k -n logging -- sh -c 'T=$(curl -sX PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token); curl -sH "X-aws-ec2-metadata-token: $T" http://169.254.169.254/latest/meta-data/iam/security-credentials/'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return nodeRoleInReach(s, true, func(role string) Outcome {
			return Outcome{
				Result: Fail, Where: podWhere(s) + ", spec.hostNetwork", Have: "true: the way to the node's role " + role, Need: "false",
				Why:    "a pod on the host's network reaches the metadata service as the node does, and neither hop limit nor network policy stops it; the node's role is " + role,
				Advice: "take hostNetwork out of the template if the pod can do without it, and keep the node's role small",
			}
		})
	},
}
