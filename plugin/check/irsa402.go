package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa402 = Check{
	Code: IRSA402, Class: Breaks, Link: LinkTrust,
	Title: "the trust policy names a different service account",
	Doc: Doc{
		Means: `The subject of a pod's token is system:serviceaccount:NAMESPACE:NAME. The trust policy requires a
different subject: another namespace, another name, or a typing error in the prefix. StringEquals compares character
by character and is case-sensitive; StringLike also accepts the wildcards * and ?. STS accepts the token, finds no
matching statement and answers AccessDenied. Common causes are charts that name the service account after the
release, and a changed namespace.`,
		Example: `The pod uses service account web in namespace shop, and the trust policy has:

    "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:store:web"

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Change the subject in the condition. If the other service account uses the role too, add the subject
instead:

    "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": [
      "system:serviceaccount:store:web",
      "system:serviceaccount:shop:web"]

This command adds it:

    kubectl irsa bind shop/web arn:aws:iam::111122223333:role/web

Or write the whole document yourself:

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json

You do not need to recreate the pod: its SDK tries again with the next call.`,
		Verify: `Compare the subject of the pod with the trust policy:

    kubectl get pod web-0 -n shop -o jsonpath='system:serviceaccount:{.metadata.namespace}:{.spec.serviceAccountName}'
    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA402, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "STS compares the token's subject with this value, character by character", "")
		})
	},
}
