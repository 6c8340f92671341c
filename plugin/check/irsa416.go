package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa416 = Check{
	Code: IRSA416, Class: Breaks, Link: LinkTrust,
	Title: "a condition on the call or the role does not hold",
	Doc: Doc{
		Means: `The statement fits but for a condition about the circumstances: it held until a date that is past, asks for calls to
STS in another region, for a tag that the role does not have, or for an address that the call does not come from.
Who wrote it meant it, so there is no edit to propose.`,
		Example: `    "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-06-01T00:00:00Z"}}`,
		Fix: `Ask whoever wrote the condition. Then extend the date, name the region in which the cluster calls STS, give the role the
tag, or take the condition out.`,
		Verify: `Hold the condition against the facts: the time, the value of AWS_REGION in the container together with
AWS_STS_REGIONAL_ENDPOINTS, and the role's tags:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json
    aws iam list-role-tags --role-name web`,
	},
	Run: func(s *subject.Subject) Outcome { return trustOutcome(s, IRSA416, otherCircumstances) },
}

func otherCircumstances(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	return refusal(s, j, "the condition is about the call or the role, and does not hold for this one",
		"whoever wrote the condition meant it: change it, or the role, only together with them")
}
