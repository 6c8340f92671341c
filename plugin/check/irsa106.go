package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

var irsa106 = Check{
	Code: "IRSA106", Class: Breaks, Link: LinkAccount,
	Title: "the annotated value is not the ARN of a role",
	Run: func(s *Subject) Outcome {
		account, ok := s.Account.Get()
		if !ok || s.Binding.RoleARN == "" {
			return skip("there is no role annotation")
		}
		value := account.Annotations[s.roleKey()]
		reason := inject.CheckRoleARN(value)
		if reason == "" {
			return pass(s.Account.Source())
		}
		out := Outcome{
			Result: Fail, Where: s.accountWhere() + ", annotation " + s.roleKey(), Have: value, Need: "arn:aws:iam::ACCOUNT:role/NAME",
			Why:    reason + "; the webhook injects it as it is, and STS answers that the request's ARN is invalid",
			Advice: "correct the annotation, then make the pod anew",
		}
		if trimmed := strings.TrimSpace(value); inject.CheckRoleARN(trimmed) == "" {
			out.Need = trimmed
			out.Fix = append([]change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.roleKey(), Value: trimmed}}, s.recreate()...)
		}
		return out
	},
}
