package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa409 = Check{
	Code: IRSA409, Class: Breaks, Link: LinkTrust,
	Title: "a condition tests a key that a web identity request does not carry",
	Doc: Doc{
		Means: `The statement fits but for a condition on a key that is never there when a pod takes the role: aws:SourceAccount,
aws:PrincipalOrgID, sts:ExternalId, aws:MultiFactorAuthPresent, or a claim other than sub and aud (EKS offers no other
to policies). A condition on an absent key does not hold, so the statement never matches, and STS answers
AccessDenied.`,
		Example: `    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web",
      "aws:SourceAccount": "111122223333"}}`,
		Fix: `Take the condition out of this statement; the subject and the audience are what a pod can be told by. If the same
statement serves callers that do carry the key, give those a statement of their own.`,
		Verify: `Keys that a web identity from EKS carries are :sub and :aud of its issuer, and those about the call and the role
(aws:SourceIp, aws:RequestedRegion, aws:CurrentTime, aws:ResourceTag/…, sts:RoleSessionName):

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA409, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			return refusal(s, j, "", "")
		})
	},
}
