package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa401 = Check{
	Code: IRSA401, Class: Breaks, Link: LinkTrust,
	Title: "the trust policy does not allow sts:AssumeRoleWithWebIdentity for an OIDC provider",
	Doc: Doc{
		Means: `The role's trust policy has no statement for web identity tokens. It names accounts, roles or users that
call sts:AssumeRole, or it names the OIDC provider with another action. A pod with IRSA has a token and no AWS
credentials. It calls sts:AssumeRoleWithWebIdentity, which matches only a statement with its OIDC provider under
Federated. STS answers AccessDenied.`,
		Example: `    {"Effect": "Allow",
     "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
     "Action": "sts:AssumeRole"}

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Add a statement for the service account. You can keep the other statements:

    {"Effect": "Allow",
     "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"},
     "Action": "sts:AssumeRoleWithWebIdentity",
     "Condition": {"StringEquals": {
       "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com",
       "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}}

This command adds it:

    kubectl irsa bind shop/web arn:aws:iam::111122223333:role/web

Or write the whole document yourself:

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json`,
		Verify: `Read the policy. One statement must have both Federated and the action:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA401, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "STS accepts a pod's token only with this action", "")
		})
	},
}
