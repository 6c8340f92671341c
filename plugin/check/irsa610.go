package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa610 = Check{
	Code: IRSA610, Class: Breaks, Link: LinkFallback,
	Title: "the pod relies on the node's role, and the node has none",
	Doc: Doc{
		Means: `The container says that it takes its credentials from the metadata service (it names the service in
AWS_EC2_METADATA_SERVICE_ENDPOINT, or the command was told by --expect-role), and the service can be reached. But the
instance has no instance profile, or its profile holds no role, so the service has no credentials to give. A profile
and a role are two things with, often, two names; deleting and making the role anew leaves the profile empty.`,
		Example: `    aws iam get-instance-profile --instance-profile-name eks-node --query InstanceProfile.Roles
    []`,
		Fix: `Better than the node's role is one of the pod's own: annotate its service account, or create a Pod Identity
association. Else put the role back into the profile:

    aws iam add-role-to-instance-profile --instance-profile-name eks-node --role-name eks-node

or give the instance a profile:

    aws ec2 associate-iam-instance-profile --instance-id i-0a1b2c3d4e5f60718 --iam-instance-profile Name=eks-node`,
		Verify: `The service answers 404 where the node has no role:

    kubectl exec web-0 -n shop -- sh -c 'T=$(curl -sX PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token); curl -isH "X-aws-ec2-metadata-token: $T" http://169.254.169.254/latest/meta-data/iam/security-credentials/'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perBound(s, func(c *subject.Container) Outcome {
			switch {
			case c.Environment.IMDS == sdk.DisabledByEnv, c.Reach.State == subject.Unreachable:
				return skip(IRSA613)
			case !s.Node.Instance.Known():
				return unknown(s.Node.IMDS.Gaps...)
			case s.Node.Role.Known():
				return pass(s.Node.Role.Source())
			case !s.Node.Role.Absent():
				return gap(s.Node.Role)
			}
			instance, _ := s.Node.Instance.Get()
			out := Outcome{
				Result: Fail, Where: instanceWhere(s), Have: "no instance profile", Need: "an instance profile with a role",
				Why:      "the metadata service has no credentials to give",
				Advice:   "give the pod a role of its own, or the instance a profile with a role",
				Evidence: []string{s.Node.Role.Source()},
			}
			if instance.IamInstanceProfile != nil && instance.IamInstanceProfile.Arn != "" {
				out.Have = "instance profile " + instance.IamInstanceProfile.Arn + " without a role"
			}
			return out
		}, subject.FromNode)
	},
}
