package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa403 = Check{
	Code: IRSA403, Class: Breaks, Link: LinkTrust,
	Title: "the trust policy uses a wildcard with an operator that does not support wildcards",
	Doc: Doc{
		Means: `StringEquals compares the exact text: in its value, * and ? are ordinary characters. No service account
has such a name, so the statement never matches. With StringLike the same value allows this pod.
StringEqualsIgnoreCase does not support wildcards either.`,
		Example: `    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:*"}}

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Keep StringEquals and name the service account in full. This is the most secure fix. If every service
account that the pattern matches needs the role, move the key to StringLike and keep the audience where it is:

    "Condition": {
      "StringEquals": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com"},
      "StringLike": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:*"}}`,
		Verify: `Search the policy for * and ?, and check the operator of the condition:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA403, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "", "")
		})
	},
}
