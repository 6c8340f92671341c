package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa106 = Check{
	Code: IRSA106, Class: Breaks, Link: LinkAccount,
	Title: "the role annotation is not a valid IAM role ARN",
	Doc: Doc{
		Means: `The service account's role annotation has a value that STS does not accept as a role ARN. Examples are
white space or quotes around the ARN, a variable that was not replaced, a role name alone, the ARN of a session, a
user or an instance profile, or an account ID without 12 digits. The webhook does not validate the value: it logs a
warning in the control plane and injects the value unchanged. STS rejects the request before it reads a trust
policy.

Some SDKs trim white space, so the same pod can work with one SDK and fail with another.`,
		Example: `    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
      namespace: shop
      annotations:
        eks.amazonaws.com/role-arn: arn:aws:iam::${AWS_ACCOUNT_ID}:role/web   # applied without envsubst

The error in the pod's log:

    An error occurred (ValidationError) when calling the AssumeRoleWithWebIdentity operation: Request ARN is invalid`,
		Fix: `Set the annotation to the role's ARN, then restart the workload. A running pod keeps the old value:

    aws iam get-role --role-name web --query Role.Arn --output text
    kubectl annotate serviceaccount web -n shop --overwrite eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web
    kubectl rollout restart deployment/web -n shop

The role of the session arn:aws:sts::111122223333:assumed-role/web/session is arn:aws:iam::111122223333:role/web. If
the role has a path, include it.`,
		Verify: `Print the value as JSON, so that white space is visible:

    kubectl get serviceaccount web -n shop -o json | jq '.metadata.annotations["eks.amazonaws.com/role-arn"]'

A self-managed webhook with --compose-role-arn builds the ARN from a role name. The EKS webhook does not.`,
	},
	Run: func(s *subject.Subject) Outcome {
		switch {
		case s.Account.Absent():
			return skip(IRSA101)
		case !s.Account.Known():
			return gap(s.Account)
		case s.Binding.RoleARN == "":
			return skip("there is no role annotation")
		case s.Intent.Mechanism == inject.PodIdentity:
			return skip(IRSA701)
		}
		value := s.Binding.RoleARN
		reason := inject.CheckRoleARN(value)
		if reason == "" {
			return pass(s.Account.Source())
		}
		out := Outcome{
			Result: Fail, Where: accountWhere(s) + ", annotation " + s.RoleKey(), Have: value, Need: "arn:aws:iam::ACCOUNT:role/NAME",
			Why:      reason + "; the webhook injects the value unchanged, and STS answers \"Request ARN is invalid\"",
			Advice:   "set the annotation to the role's ARN, then recreate the pod",
			Evidence: []string{s.Account.Source()},
		}
		role, ok := s.MeantRole(value)
		if roles := s.RolesFor(s.AccountName); !ok && len(roles) == 1 {
			role, ok = roles[0].Arn, true // the one that expects this service account
		}
		if ok {
			out.Need, out.Fix = role, annotate(s, role)
		}
		return out
	},
}
