package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa403 = Check{
	Code: IRSA403, Class: Breaks, Link: LinkTrust,
	Title: "a wildcard stands under an operator that takes it literally",
	Doc: Doc{
		Means: `StringEquals compares texts as they are: a * or ? in its value is that character and no wildcard, and no service
account has a name with one. The same value under StringLike would let this pod in. StringEqualsIgnoreCase takes no
wildcards either.`,
		Example: `    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:*"}}`,
		Fix: `Best, name the service account in full, and keep StringEquals. Where the pattern is meant, and everything that it
fits may have the role, move the key to StringLike; the audience stays where it is:

    "Condition": {
      "StringEquals": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com"},
      "StringLike": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:*"}}`,
		Verify: `Look for * and ? in the policy, and at the operator above them:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA403, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "", "")
		})
	},
}
