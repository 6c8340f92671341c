package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa404 = Check{
	Code: IRSA404, Class: Breaks, Link: LinkTrust,
	Title: "the trust policy names a different audience",
	Doc: Doc{
		Means: `The condition on the audience (:aud) has a different value than the pod's token. On EKS the audience is
sts.amazonaws.com in every partition; in China too, although sts.amazonaws.com.cn looks right. Only the annotation
eks.amazonaws.com/audience of the service account changes it. The audience does not depend on the STS endpoint. STS
answers AccessDenied. If the audience is not a client ID of the OIDC provider, STS answers "Incorrect token
audience" instead.`,
		Example: `    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com.cn"}}

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Change the audience in the condition to the audience of the token:

    "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com"

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json`,
		Verify: `Read the audience from the pod and compare it with the trust policy:

    kubectl get pod web-0 -n shop -o jsonpath='{.spec.volumes[?(@.name=="aws-iam-token")].projected.sources[*].serviceAccountToken.audience}'
    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA404, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			provider, known := j.Provider.Get()
			switch {
			case s.ForAPIServer(j.Audience) && known && !slices.Contains(provider.ClientIDList, j.Audience):
				return skip(IRSA502) // that check reports the token
			case s.ForAPIServer(j.Audience):
				return apiAudience(s, j)
			}
			return refusal(s, j, "STS compares the token's audience with this value, character by character", "")
		})
	},
}
