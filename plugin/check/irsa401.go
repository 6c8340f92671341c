package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa401 = Check{
	Code: IRSA401, Class: Breaks, Link: LinkTrust,
	Title: "no statement allows sts:AssumeRoleWithWebIdentity to an OIDC provider",
	Doc: Doc{
		Means: `The role's trust policy has no statement that lets a web identity in: it names accounts, roles or users, which take
the role with sts:AssumeRole, or it names the provider and allows another action. A pod with IRSA comes with a token
and without AWS credentials, calls sts:AssumeRoleWithWebIdentity, and matches nothing but its OIDC provider, named
under Federated. STS answers AccessDenied.`,
		Example: `    {"Effect": "Allow",
     "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
     "Action": "sts:AssumeRole"}`,
		Fix: `Add a statement for the service account; those that are there may stay:

    {"Effect": "Allow",
     "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"},
     "Action": "sts:AssumeRoleWithWebIdentity",
     "Condition": {"StringEquals": {
       "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com",
       "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}}

and write the whole document back:

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json`,
		Verify: `Read the policy, and look for Federated and for the action in one and the same statement:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA401, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "STS asks for exactly this action when a pod brings its token", "")
		})
	},
}
