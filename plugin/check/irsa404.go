package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa404 = Check{
	Code: IRSA404, Class: Breaks, Link: LinkTrust,
	Title: "the trust policy asks for another audience than the token's",
	Doc: Doc{
		Means: `The condition on the audience (:aud) names another value than the one that the pod's token was made for. On EKS that
is sts.amazonaws.com in every partition, also in China, where sts.amazonaws.com.cn looks right and is not; another one
only if the service account is annotated with eks.amazonaws.com/audience. An audience is a label: it has nothing to do
with the STS endpoint that is called. STS answers AccessDenied. If the provider's list of client IDs lacked the
audience, it would say "Incorrect token audience" instead.`,
		Example: `    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com.cn"}}`,
		Fix: `Name the audience that the token has:

    "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com"

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json`,
		Verify: `Read the audience from the pod, not from a document:

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
			return refusal(s, j, "the token's audience is compared with this value; it is the one that the projected token names", "")
		})
	},
}
