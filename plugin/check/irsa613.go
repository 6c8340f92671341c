package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa613 = Check{
	Code: IRSA613, Class: Breaks, Link: LinkFallback,
	Title: "the pod depends on the node's role and cannot reach the metadata service",
	Doc: Doc{
		Means: `The container gets its credentials from the metadata service: AWS_EC2_METADATA_SERVICE_ENDPOINT names the service, or
--expect-role names the node's role. The container has no other source, and it cannot use the service: the response to
the IMDSv2 PUT ends at the hop limit of 1, the endpoint is disabled, a variable disables it for SDKs, or there is no
such service where the pod runs.`,
		Example: `The error of a controller on a node with a hop limit of 1:

    NoCredentialProviders: no valid providers in chain
    caused by: RequestError: send request failed: Put "http://169.254.169.254/latest/api/token": context deadline exceeded`,
		Fix: `Give the pod its own role, and keep the node's role closed to pods:

    kubectl irsa bind cluster-autoscaler arn:aws:iam::111122223333:role/cluster-autoscaler -n kube-system

To allow pods to use the node's role instead, raise the hop limit where the nodes are defined (the launch template, or
Karpenter's EC2NodeClass). Every pod on these nodes can then use the node's role. Some overlay networks need 3 hops.
EKS Auto Mode does not allow you to change the limit, and Fargate and hybrid nodes have no metadata service.`,
		Verify: `Read the options of the instance:

    aws ec2 describe-instances --instance-ids i-0a1b2c3d4e5f60718 --query 'Reservations[].Instances[].MetadataOptions'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perBound(s, func(c *subject.Container) Outcome {
			switch {
			case c.Environment.Static == sdk.Maybe:
				return skip(IRSA602)
			case c.Environment.IMDS == sdk.DisabledByEnv:
				return metadataSwitchedOff(s, c)
			case c.Reach.State == subject.Unreachable:
				return metadataOutOfReach(s, c)
			case c.Reach.State == subject.ReachUnknown:
				return unknown(c.Reach.Gaps...)
			}
			if gaps := c.Variables.Gaps(subject.MetadataDisabled); len(gaps) > 0 {
				return unknown(gaps...)
			}
			return pass(c.Reach.Sources...)
		}, subject.FromNode)
	},
}

func metadataSwitchedOff(s *subject.Subject, c *subject.Container) Outcome {
	out := Outcome{
		Result: Fail, Where: where(c, "env "+subject.MetadataDisabled), Have: Describe(c.Variables, subject.MetadataDisabled), Need: subject.MetadataDisabled + " not set",
		Why: "SDKs do not call the metadata service if this variable is true",
		Fix: unset(s, c, subject.MetadataDisabled),
	}
	if out.Fix == nil {
		out.Advice = "remove " + subject.MetadataDisabled + " from " + c.Variables.Get(subject.MetadataDisabled).From + ", then recreate the pod"
	}
	return out
}

func metadataOutOfReach(s *subject.Subject, c *subject.Container) Outcome {
	out := Outcome{
		Result: Fail, Where: instanceWhere(s), Have: optionsText(s.MetadataOptions()), Need: "a metadata service that the pod can reach, or a role for the pod",
		Why: Reach(s, c.Reach) + hopLimitSource(s), Advice: roleOfItsOwn, Evidence: c.Reach.Sources,
		Look: []string{"kubectl", "irsa", "bind", s.Pod.Namespace + "/" + s.AccountName, "ROLE"},
	}
	if s.Node.Platform == subject.PlatformEC2 && s.Node.IMDS.State == subject.Unreachable && s.MetadataOptions() != nil {
		out.Rather = roleOfItsOwn
		out.Fix = []change.Change{change.OpenMetadata{InstanceID: s.Node.InstanceID, NodeClass: s.Node.Source().NodeClass}}
	}
	return out
}

// roleOfItsOwn is what to do rather than to open the node's role to every pod of the node.
const roleOfItsOwn = "give the pod its own role (" + Here + ")"
