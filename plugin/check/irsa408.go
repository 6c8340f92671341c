package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa408 = Check{
	Code: IRSA408, Class: Breaks, Link: LinkTrust,
	Title: "a Deny statement in the trust policy matches",
	Doc: Doc{
		Means: `A statement with Effect Deny matches the pod's request, and a Deny overrides every Allow. It can name the
service account. More often it is for callers with AWS credentials: a web identity has no principal organization,
account or ARN, and a negated condition (such as StringNotEquals) on a missing key is met. So a rule such as "deny
everybody outside our organization" denies every pod.`,
		Example: `    {"Effect": "Deny",
     "Principal": "*",
     "Action": "sts:AssumeRoleWithWebIdentity",
     "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}}

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `If the Deny is intended for this pod, use another role. If it is not, test a key that a web identity has
(the subject), or apply the condition only if the key exists. IfExists does not do this: with it, the condition is
met if the key is missing.

    "Condition": {
      "StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"},
      "Null": {"aws:PrincipalOrgID": "false"}}

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json`,
		Verify: `Search the policy for "Effect": "Deny", and check which of its keys a web identity has:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome { return trustOutcome(s, IRSA408, deniedOutright) },
}

func deniedOutright(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	const wins = "a matching Deny overrides every Allow"
	out := refusal(s, j, "", "")
	if !strings.Contains(out.Why, wins) {
		out.Why += "; " + wins
	}
	return out
}
