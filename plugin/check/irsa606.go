package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa606 = Check{
	Code: IRSA606, Class: Risk, Link: LinkFallback,
	Title: "a pod on the host network can use the node's role",
	Doc: Doc{
		Means: `A pod with hostNetwork: true shares the network of its node. The metadata service answers the pod as it answers the
node: neither a hop limit nor a network policy blocks the request. So every process in the pod can use the node's
role, even if the pod has its own role. Only a disabled metadata endpoint or a packet filter on the node prevents
this.`,
		Example: `A log shipper that uses the host network although it only needs files of the host:

    spec:
      hostNetwork: true
      serviceAccountName: fluent-bit`,
		Fix: `Remove hostNetwork from the template if the pod does not need it. If it does, limit the permissions of the node's role
to what the kubelet, image pulls and the network plugin need. The network plugin can have its own role. Give the pod
its own role as well:

    kubectl irsa bind fluent-bit arn:aws:iam::111122223333:role/fluent-bit -n logging`,
		Verify: `Request the name of the node's role in the pod:

    kubectl exec fluent-bit-h2v8k -n logging -- sh -c 'T=$(curl -sX PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token); curl -sH "X-aws-ec2-metadata-token: $T" http://169.254.169.254/latest/meta-data/iam/security-credentials/'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return nodeRoleInReach(s, true, func(role string) Outcome {
			return Outcome{
				Result: Fail, Where: podWhere(s) + ", spec.hostNetwork", Have: "true, so the node's role " + role + " is reachable", Need: "false",
				Why:    "a pod on the host network reaches the metadata service as the node does, and neither a hop limit nor a network policy blocks it",
				Advice: "remove hostNetwork from the template if the pod does not need it, and limit the permissions of the node's role",
			}
		})
	},
}
