package check

import (
	"errors"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa410 = Check{
	Code: IRSA410, Class: Breaks, Link: LinkTrust,
	Title: "IAM does not accept the trust policy",
	Doc: Doc{
		Means: `The document is not a policy that IAM accepts: it is not JSON, or an object has the same key twice, so
that one key hides the other. It is not evaluated. IAM never returns such a policy: this one comes from a file, a
template or a copy. Other unusual elements (an unknown operator, a Resource) are evaluated as AWS documents them,
because IAM accepted a policy that it returns.`,
		Example: `The second key hides the first one:

    "Condition": {
      "StringEquals": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com"},
      "StringEquals": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}`,
		Fix: `Correct the document at the named position (put all keys of one operator into one object), then update the
role:

    aws iam update-assume-role-policy --role-name web --policy-document file://trust.json`,
		Verify: `Validate the document without saving it:

    aws accessanalyzer validate-policy --policy-type RESOURCE_POLICY --validate-policy-resource-type AWS::IAM::AssumeRolePolicyDocument --policy-document file://trust.json`,
	},
	Run: func(s *subject.Subject) Outcome { return trustOutcome(s, IRSA410, notAccepted) },
}

const (
	rewriteAdvice = "write the policy as JSON; `aws accessanalyzer validate-policy` prints what IAM does not accept"
	mergeAdvice   = "put the keys into one object, so that no key hides another, and update the policy"
)

func notAccepted(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	if j.PolicyError != nil {
		return unreadablePolicy(j)
	}
	out := refusal(s, j, "", mergeAdvice)
	out.Have, out.Why = positioned(j.Decision.Position, j.Decision.Reason), "IAM does not accept this document, and which of the two keys counts is not defined, so it is not evaluated"
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
		Why:    "IAM does not accept this document, so it is not evaluated",
		Advice: rewriteAdvice, Evidence: []string{j.Role.Source()},
	}
}

func positioned(at trust.Position, reason string) string {
	if !at.Known() {
		return reason
	}
	return at.String() + ": " + reason
}
