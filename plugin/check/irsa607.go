package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa607 = Check{
	Code: IRSA607, Class: Risk, Link: LinkFallback,
	Title: "any process in the pod can use the node's role",
	Doc: Doc{
		Means: `The instance metadata service is reachable from pods on the pod network, and it returns credentials of the node's role
to every process. The pod's own role does not change this. With IMDSv2, the response to the first PUT travels as many
hops as the instance's hop limit allows. A pod is one hop further away than the node, so a limit of 1 blocks pods.
IMDSv1 has no such limit: if tokens are optional, the hop limit has no effect.`,
		Example: `The options of an instance whose pods can reach the metadata service:

    "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"}`,
		Fix: `First give a role to the pods that use the node's role. Then set the options where the nodes are defined, so that new
instances have them too: in the launch template of the node group (HttpTokens required, HttpPutResponseHopLimit 1), or
in Karpenter's EC2NodeClass:

    spec:
      metadataOptions: {httpTokens: required, httpPutResponseHopLimit: 1}

A network policy that does not allow 169.254.169.254 protects only the pods that it selects.`,
		Verify: `Read the options of the instance:

    aws ec2 describe-instances --instance-ids i-0a1b2c3d4e5f60718 --query 'Reservations[].Instances[].MetadataOptions'

Or send a request in the pod. If there is no response within a second, the metadata service is not reachable from the
pod:

    kubectl exec web-0 -n shop -c app -- curl -sm 1 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token

A packet filter on the node can block it too; that is not visible from outside the node.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return nodeRoleInReach(s, false, func(role string) Outcome {
			out := Outcome{
				Result: Fail, Where: instanceWhere(s) + ", MetadataOptions", Have: optionsText(s.MetadataOptions()) + ", role " + role,
				Need: "HttpTokens=required, HttpPutResponseHopLimit=1", Why: Reach(s, s.Node.IMDS) + hopLimitSource(s),
			}
			if s.Node.InstanceID != "" && s.Relies() == subject.ReliesNot {
				out.Fix = []change.Change{change.CloseMetadata{InstanceID: s.Node.InstanceID, NodeClass: s.Node.Source().NodeClass}}
			}
			return out
		})
	},
}
