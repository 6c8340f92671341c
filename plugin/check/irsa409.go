package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa409 = Check{
	Code: IRSA409, Class: Breaks, Link: LinkTrust,
	Title: "a condition in the trust policy tests a key that the request does not have",
	Doc: Doc{
		Means: `The statement matches except for a condition on a key that a request from a pod never has:
aws:SourceAccount, aws:PrincipalOrgID, sts:ExternalId, aws:MultiFactorAuthPresent, or a claim other than sub and aud
(EKS provides only these two to policies). A condition on a missing key is not met, so the statement never matches.
STS answers AccessDenied.`,
		Example: `    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web",
      "aws:SourceAccount": "111122223333"}}

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Remove the condition from this statement; the subject and the audience identify the pod. If the statement
is also for callers that have the key, use a separate statement for them.

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json`,
		Verify: `A web identity from EKS has :sub and :aud of its issuer, and the keys about the call and the role
(aws:SourceIp, aws:RequestedRegion, aws:CurrentTime, aws:ResourceTag/…, sts:RoleSessionName):

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA409, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "", "")
		})
	},
}
