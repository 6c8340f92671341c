package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa405 = Check{
	Code: IRSA405, Class: Breaks, Link: LinkTrust,
	Title: "a condition key in the trust policy is malformed",
	Doc: Doc{
		Means: `A condition key for a token consists of the issuer without https://, a colon, and the claim sub or aud.
This key is different: it starts with https:// or with the provider's ARN, the claim is missing or misspelled, the
labels of the hostname are in the wrong order, or subject and audience are exchanged. IAM accepts such keys without
an error. A request never has the key, or has a different value for it, so the statement never matches and STS
answers AccessDenied.`,
		Example: `    "Condition": {"StringEquals": {
      "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Change the key to the exact issuer and the claim:

    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com",
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json`,
		Verify: `Compare the key with the cluster's issuer:

    aws eks describe-cluster --name prod --query cluster.identity.oidc.issuer --output text
    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA405, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "the value is for another key; with this key the request has a different value", "")
		})
	},
}
