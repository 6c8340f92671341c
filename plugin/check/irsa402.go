package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa402 = Check{
	Code: IRSA402, Class: Breaks, Link: LinkTrust,
	Title: "the trust policy names another subject",
	Doc: Doc{
		Means: `The token of a pod names its service account as system:serviceaccount:NAMESPACE:NAME, and the trust policy asks for
another one: another namespace, another name, or a slip in the prefix. StringEquals compares
character by character, letter case included; StringLike also takes * and ? as wildcards. STS accepts the token, finds no statement for it and answers AccessDenied, "Not authorized to
perform sts:AssumeRoleWithWebIdentity". Charts that name the service account after the release, and namespaces that
were changed later, are the usual ways to get there.`,
		Example: `The pod runs in shop under the service account web, and the policy says:

    "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:store:web"`,
		Fix: `Write the subject that the pod has into the condition, or add it to the values if the other one is used as well:

    "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": [
      "system:serviceaccount:store:web",
      "system:serviceaccount:shop:web"]

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json

The pod need not be recreated: its SDK tries again by itself, or at its next start.`,
		Verify: `See which service account the pod runs under, and what the policy asks for:

    kubectl get pod web-0 -n shop -o jsonpath='system:serviceaccount:{.metadata.namespace}:{.spec.serviceAccountName}'
    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA402, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "the token's subject is compared with this value character by character", "")
		})
	},
}
