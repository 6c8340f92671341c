package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa613 = Check{
	Code: IRSA613, Class: Breaks, Link: LinkFallback,
	Title: "the pod relies on the node's role and cannot reach the metadata service",
	Doc: Doc{
		Means: `The container says that it takes its credentials from the metadata service (it names the service in
AWS_EC2_METADATA_SERVICE_ENDPOINT, or the command was told by --expect-role), and has no other source. The service
does not answer it: the reply to the IMDSv2 PUT ends at the hop limit of 1, the endpoint is switched off, a variable
tells SDKs not to ask, or there is no such service where the pod runs.`,
		Example: `The error of a controller on nodes with a hop limit of 1:

    NoCredentialProviders: no valid providers in chain
    caused by: RequestError: send request failed: Put "http://169.254.169.254/latest/api/token": context deadline exceeded`,
		Fix: `Give the pod a role of its own and leave the node's closed:

    kubectl irsa bind cluster-autoscaler arn:aws:iam::111122223333:role/cluster-autoscaler -n kube-system

To let pods use the node's role after all, raise the limit where nodes are made (the launch template, Karpenter's
EC2NodeClass); every pod of these nodes can then take the node's role. On EKS Auto Mode the limit cannot be set, on
Fargate and on hybrid nodes there is no such service. Some overlay networks need 3 hops.`,
		Verify: `Read the instance's options:

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
		Why: "SDKs do not ask the metadata service while it is true",
		Fix: unset(s, c, subject.MetadataDisabled),
	}
	if out.Fix == nil {
		out.Advice = "take " + subject.MetadataDisabled + " out of " + c.Variables.Get(subject.MetadataDisabled).From + ", then make the pod anew"
	}
	return out
}

func metadataOutOfReach(s *subject.Subject, c *subject.Container) Outcome {
	out := Outcome{
		Result: Fail, Where: instanceWhere(s), Have: optionsText(s.MetadataOptions()), Need: "a metadata service that the pod can reach, or a role of its own",
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
const roleOfItsOwn = "give the pod a role of its own (" + Here + ")"
