package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa408 = Check{
	Code: IRSA408, Class: Breaks, Link: LinkTrust,
	Title: "a Deny in the trust policy matches",
	Doc: Doc{
		Means: `A statement with the effect Deny applies to the pod's request, and a Deny wins over every Allow. It may name the service
account. As often it was written for callers with AWS credentials: a web identity has no organization, account or ARN
of a principal, and a negated condition (StringNotEquals and the like) on a key that the request does not carry holds.
So a guard such as "deny all who are not of our organization" shuts every pod out.`,
		Example: `    {"Effect": "Deny",
     "Principal": "*",
     "Action": "sts:AssumeRoleWithWebIdentity",
     "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}}`,
		Fix: `If the Deny means the pod, it does what it should, and the pod needs another role. If it does not, make it test what a
web identity has (the subject), or let it hold only where the key is there (which IfExists does not do: with it, an
absent key makes the condition hold):

    "Condition": {
      "StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"},
      "Null": {"aws:PrincipalOrgID": "false"}}`,
		Verify: `Look for "Effect": "Deny", and at which of its keys a web identity carries at all:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json`,
	},
	Run: func(s *subject.Subject) Outcome { return trustOutcome(s, IRSA408, deniedOutright) },
}

func deniedOutright(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	const wins = "a Deny that matches wins over every Allow"
	out := refusal(s, j, "", "")
	if !strings.Contains(out.Why, wins) {
		out.Why += "; " + wins
	}
	return out
}
