package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa406 = Check{
	Code: IRSA406, Class: Breaks, Link: LinkTrust,
	Title: "the trust policy's condition keys are another issuer's",
	Doc: Doc{
		Means: `The statement names the right OIDC provider, and its conditions test the claims of another issuer: that of another
cluster, or of this one before it was made anew. A token of this cluster does not carry those keys, and a condition on
an absent key does not hold. The keys of two clusters in one statement cannot both be there either. STS answers
AccessDenied.`,
		Example: `    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"},
    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF:sub": "system:serviceaccount:shop:web"}}`,
		Fix: `Give the keys the issuer of this cluster. A role that two clusters share needs a statement for each, in which
principal and keys belong together:

    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"},
    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}`,
		Verify: `In every statement, what follows oidc-provider/ in the principal has to be what stands before :sub and :aud:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA406, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "", "")
		})
	},
}
