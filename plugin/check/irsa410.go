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
		Means: `The document is not one that IAM saves: it is no JSON, lacks an element, has one that does not belong there (Resource,
NotPrincipal), names an operator that does not exist, or has a key twice in one object, of which one hides the other.
What it means is then not defined, and nothing is taken from it. A policy that IAM returned is never so; this one comes
from a file, a template or a copy.`,
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

const rewriteAdvice = "write the policy anew; `aws iam update-assume-role-policy` tells what IAM thinks of it"

func notAccepted(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	if j.PolicyError != nil {
		return unreadablePolicy(j)
	}
	out := refusal(s, j, "", rewriteAdvice)
	out.Have, out.Why = positioned(j.Decision.Position, j.Decision.Reason), whyInvalid
	return out
}

const whyInvalid = "IAM would not save such a document, and what it means is not defined, so nothing is taken from it"

func unreadablePolicy(j *subject.RoleJudgement) Outcome {
	have := j.PolicyError.Error()
	var at *trust.Error
	if errors.As(j.PolicyError, &at) {
		have = positioned(at.Position, at.Reason)
	}
	return Outcome{
		Result: Fail, Where: trustWhere(j), Have: have, Need: "a policy as JSON", Why: whyInvalid,
		Advice: rewriteAdvice, Evidence: []string{j.Role.Source()},
	}
}

func positioned(at trust.Position, reason string) string {
	if !at.Known() {
		return reason
	}
	return at.String() + ": " + reason
}
