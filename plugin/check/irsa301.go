package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa301 = Check{
	Code: IRSA301, Class: Breaks, Link: LinkRole,
	Title: "the role does not exist",
	Doc: Doc{
		Means: `The service account, the manifest or the Pod Identity association names a role that is not in the account which its ARN names. It was
deleted, never created, created in another account, or its name has a slip. STS does not tell this apart from a
role that does not trust the token: it answers AccessDenied, "Not authorized to perform
sts:AssumeRoleWithWebIdentity". For a Pod Identity association it is the agent that answers so.`,
		Example: `    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'
    {"eks.amazonaws.com/role-arn":"arn:aws:iam::111122223333:role/shop-web"}
    $ aws iam get-role --role-name shop-web
    An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name shop-web cannot be found.`,
		Fix: `Create the role with a trust policy for the service account and the permissions that the workload needs, or
annotate the service account with the role that is meant and make its pods anew:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web --overwrite
    kubectl rollout restart deployment/web -n shop`,
		Verify: `Ask IAM in the account that the ARN names, not in another one:

    aws sts get-caller-identity --query Account
    aws iam get-role --role-name web

A role that was created seconds ago may not be known everywhere yet.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachNamedRole(s, func(r *subject.NamedRole) Outcome {
			switch {
			case r.Role.Known():
				return pass(r.Role.Source())
			case r.Other != nil:
				return skip(IRSA305)
			case !r.Role.Absent():
				return gap(r.Role)
			}
			out := Outcome{
				Result: Fail, Where: "account " + r.ARN.Account, Have: "no role " + r.ARN.RoleName(), Need: r.RoleARN,
				Why:      "STS answers for a role that is not there as for one that does not trust the token: AccessDenied",
				Advice:   "create the role with a trust policy for " + s.TokenSubject() + ", or annotate the service account with the role that is meant",
				Evidence: []string{r.Role.Source()},
			}
			if r.Associated {
				out.Why = "EKS cannot take a role that is not there for the pod"
				out.Advice = "create the role with a trust policy for " + trust.PodIdentityService + ", or name the role that is meant in the association"
			}
			return out
		})
	},
}
