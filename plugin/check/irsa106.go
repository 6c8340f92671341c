package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa106 = Check{
	Code: IRSA106, Class: Breaks, Link: LinkAccount,
	Title: "the annotated value is not the ARN of a role",
	Doc: Doc{
		Means: `The service account's role annotation holds something that STS does not take for the ARN of a role: white
space or quotes around it, a variable that nobody filled in, a bare name, the ARN of a session, a user or an
instance profile, an account that is not twelve digits. The webhook does not judge the value. It logs a
warning in the control plane and injects the value as it is, so the pod looks as if all were well, and every
SDK gets the answer that the request's ARN is invalid. That is decided before any trust policy is looked at.

SDKs differ in one point: some trim white space. So the same pod may work with one SDK and not with another.`,
		Example: `    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
      namespace: shop
      annotations:
        eks.amazonaws.com/role-arn: arn:aws:iam::${AWS_ACCOUNT_ID}:role/web   # applied without envsubst

An error of an SDK in such a pod:

    ValidationError: Request ARN is invalid
    status code: 400`,
		Fix: `Write the role's own ARN, and make the pods anew, since they keep what they were born with:

    aws iam get-role --role-name web --query Role.Arn --output text
    kubectl annotate serviceaccount web -n shop --overwrite eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web
    kubectl rollout restart deployment/web -n shop

Of arn:aws:sts::111122223333:assumed-role/web/session the role is arn:aws:iam::111122223333:role/web, with the
role's path where it has one.`,
		Verify: `Show the value with its ends, so that white space is seen:

    kubectl get serviceaccount web -n shop -o json | jq '.metadata.annotations["eks.amazonaws.com/role-arn"]'

A webhook that runs outside EKS with --compose-role-arn makes an ARN of a bare name; EKS's own does not.`,
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
			Why:      reason + "; the webhook injects it as it is, and STS answers that the request's ARN is invalid",
			Advice:   "write the role's ARN into the annotation, then make the pod anew",
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
