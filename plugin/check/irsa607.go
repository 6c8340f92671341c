package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa607 = Check{
	Code: IRSA607, Class: Risk, Link: LinkFallback,
	Title: "any process in the pod can take the node's role",
	Doc: Doc{
		Means: `The instance's metadata service answers pods on the pod network, and it hands out the node's role to whoever asks.
Giving the pod a role of its own does not close that way. The answer to the PUT that begins an IMDSv2 session lives
for as many hops as the instance's hop limit says; a pod is one hop further away than the node, so a limit of 1 ends
it. IMDSv1 has no such limit: where tokens are optional, the limit protects nothing.`,
		Example: `The options of an instance that lets its pods in:

    "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"}`,
		Fix: `Set the options where nodes are made, because an instance that is replaced comes back with those: in the launch
template of the node group (HttpTokens required, HttpPutResponseHopLimit 1), or in Karpenter's EC2NodeClass:

    spec:
      metadataOptions: {httpTokens: required, httpPutResponseHopLimit: 1}

First find the pods that live on the node's role and give them a role of their own. A network policy that does not
allow 169.254.169.254 does it for some pods only.`,
		Verify: `Read what the instance has now:

    aws ec2 describe-instances --instance-ids i-0a1b2c3d4e5f60718 --query 'Reservations[].Instances[].MetadataOptions'

or ask from inside the pod; no answer within a second means that the way is closed:

    kubectl exec web-0 -n shop -c app -- curl -sm 1 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token

A packet filter on the node may close it too; that is not visible from outside.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return nodeRoleInReach(s, false, func(role string) Outcome {
			out := Outcome{
				Result: Fail, Where: instanceWhere(s) + ", MetadataOptions", Have: optionsText(s.MetadataOptions()) + ", role " + role,
				Need: "HttpTokens=required, HttpPutResponseHopLimit=1", Why: Reach(s, s.Node.IMDS) + "; the node's role is " + role + hopLimitSource(s),
			}
			if s.Node.InstanceID != "" && s.Relies() == subject.ReliesNot {
				out.Fix = []change.Change{change.CloseMetadata{InstanceID: s.Node.InstanceID, NodeClass: s.Node.Source().NodeClass}}
			}
			return out
		})
	},
}
