package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa610 = Check{
	Code: IRSA610, Class: Breaks, Link: LinkFallback,
	Title: "the pod depends on the node's role, and the node has no role",
	Doc: Doc{
		Means: `The container gets its credentials from the metadata service: AWS_EC2_METADATA_SERVICE_ENDPOINT names the service, or
--expect-role names the node's role. The service is reachable, but the instance has no instance profile, or its
profile has no role. An instance profile and a role are two objects, often with different names. If the role is
deleted and created again, the profile stays empty.`,
		Example: `    aws iam get-instance-profile --instance-profile-name eks-node --query InstanceProfile.Roles
    []`,
		Fix: `Give the pod its own role: annotate its service account, or create a Pod Identity association. If it must use the
node's role, add the role to the instance profile:

    aws iam add-role-to-instance-profile --instance-profile-name eks-node --role-name eks-node

or associate a profile with the instance:

    aws ec2 associate-iam-instance-profile --instance-id i-0a1b2c3d4e5f60718 --iam-instance-profile Name=eks-node`,
		Verify: `Request the role's name. The service returns 404 if the node has no role:

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
				Why:      "the metadata service has no credentials to return",
				Advice:   "give the pod its own role, or the instance a profile with a role",
				Evidence: []string{s.Node.Role.Source()},
			}
			if instance.IamInstanceProfile != nil && instance.IamInstanceProfile.Arn != "" {
				out.Have = "instance profile " + instance.IamInstanceProfile.Arn + " without a role"
			}
			return out
		}, subject.FromNode)
	},
}
