package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa406 = Check{
	Code: IRSA406, Class: Breaks, Link: LinkTrust,
	Title: "the condition keys in the trust policy belong to a different OIDC issuer",
	Doc: Doc{
		Means: `The statement names the right OIDC provider, but its conditions test the claims of a different issuer: of
another cluster, or of an earlier cluster with the same name. A token of this cluster does not have those keys, and
a condition on a missing key is not met. A statement with the keys of two clusters never matches either, because no
token has both. STS answers AccessDenied.`,
		Example: `    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"},
    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF:sub": "system:serviceaccount:shop:web"}}

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Change the keys to the issuer of this cluster. If two clusters share the role, add one statement for each
cluster. In each statement the principal and the keys must have the same issuer:

    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"},
    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json`,
		Verify: `In every statement, the text after oidc-provider/ in the principal must be the text before :sub and :aud
in the keys:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA406, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "", "")
		})
	},
}
