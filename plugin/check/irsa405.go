package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa405 = Check{
	Code: IRSA405, Class: Breaks, Link: LinkTrust,
	Title: "a condition key of the trust policy is malformed",
	Doc: Doc{
		Means: `A condition key has to be the issuer without https://, a colon and the claim: sub or aud. This one was meant so and is
not: the provider's ARN or https:// stands in front, the claim is missing or misspelled, the labels of the host are in
another order, or subject and audience are exchanged. IAM saves such keys without a word. No request ever carries
them, or carries something else under them, so the statement never matches and STS answers AccessDenied.`,
		Example: `    "Condition": {"StringEquals": {
      "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}`,
		Fix: `Write the key as the issuer, to the letter, and the claim:

    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com",
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}`,
		Verify: `Compare the key with the issuer that the cluster names:

    aws eks describe-cluster --name prod --query cluster.identity.oidc.issuer --output text`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA405, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "the values show what the key was meant to test, and under this name the request carries something else", "")
		})
	},
}
