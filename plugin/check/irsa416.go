package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa416 = Check{
	Code: IRSA416, Class: Breaks, Link: LinkTrust,
	Title: "a condition in the trust policy on the call or the role is not met",
	Doc: Doc{
		Means: `The statement matches except for a condition on the circumstances: its date is past, or it requires
another region for the STS call, a tag that the role does not have, or a different source address. Such a condition
is there on purpose, so no edit is proposed.`,
		Example: `    "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-06-01T00:00:00Z"}}

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Ask the owner of the condition. Then change the date, use the region in which the cluster calls STS, add
the tag to the role, or remove the condition.`,
		Verify: `Compare the condition with the time, with AWS_REGION and AWS_STS_REGIONAL_ENDPOINTS in the container,
and with the role's tags:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json
    aws iam list-role-tags --role-name web`,
	},
	Run: func(s *subject.Subject) Outcome { return trustOutcome(s, IRSA416, otherCircumstances) },
}

func otherCircumstances(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	return refusal(s, j, "the condition tests the call or the role, and is not met",
		"ask the owner of the condition before you change it or the role")
}
