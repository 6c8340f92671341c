package check

import (
	"errors"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa410 = Check{
	Code: IRSA410, Class: Breaks, Link: LinkTrust,
	Title: "IAM would not accept the trust policy",
	Doc: Doc{
		Means: `The document is not one that IAM saves: it is no JSON, or has a key twice in one object, of which one hides the other,
so that its text and its meaning differ. Nothing is taken from it. IAM returns no such policy: this one comes from a
file, a template or a copy. Whatever else its grammar does not know (an unknown operator, a Resource) is judged as far
as AWS documents it, because a policy that IAM returned was accepted by it.`,
		Example: `The second key hides the first:

    "Condition": {
      "StringEquals": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com"},
      "StringEquals": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}`,
		Fix: `Correct the document at the place that is named (keys of one operator belong into one object), and write it back:

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json`,
		Verify: `Let IAM look at it without saving it:

    aws accessanalyzer validate-policy --policy-type RESOURCE_POLICY --validate-policy-resource-type AWS::IAM::AssumeRolePolicyDocument --policy-document file://trust.json`,
	},
	Run: func(s *subject.Subject) Outcome { return trustOutcome(s, IRSA410, notAccepted) },
}

const (
	rewriteAdvice = "write a policy that is JSON; `aws accessanalyzer validate-policy` prints what IAM would not accept"
	mergeAdvice   = "put the keys into one object, so that none hides another, and write the policy back"
)

func notAccepted(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	if j.PolicyError != nil {
		return unreadablePolicy(j)
	}
	out := refusal(s, j, "", mergeAdvice)
	out.Have, out.Why = positioned(j.Decision.Position, j.Decision.Reason), "IAM does not save such a document; which key of two counts is not defined, so nothing is taken from it"
	return out
}

func unreadablePolicy(j *subject.RoleJudgement) Outcome {
	have := j.PolicyError.Error()
	var at *trust.Error
	if errors.As(j.PolicyError, &at) {
		have = positioned(at.Position, at.Reason)
	}
	return Outcome{
		Result: Fail, Where: trustWhere(j), Have: have, Need: "a policy as JSON",
		Why:    "IAM does not save such a document, so nothing is taken from it",
		Advice: rewriteAdvice, Evidence: []string{j.Role.Source()},
	}
}

func positioned(at trust.Position, reason string) string {
	if !at.Known() {
		return reason
	}
	return at.String() + ": " + reason
}
