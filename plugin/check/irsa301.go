package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
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
				Why:      "STS answers for a role that does not exist as for one that does not trust the token: AccessDenied",
				Advice:   "create the role with a trust policy for " + s.TokenSubject() + ", or annotate the service account with the role that is meant",
				Evidence: []string{r.Role.Source()},
			}
			if r.Associated {
				out.Why = "EKS cannot assume a role that does not exist for the pod"
				out.Advice = "create the role with a trust policy for " + trust.PodIdentityService + ", or name the role that is meant in the association"
				if j := s.PodIdentity; j != nil && j.RoleARN == r.RoleARN && !unmodifiable(r.ARN) && !s.Predicted {
					out = created(out, r, j.Request)
				}
				return out
			}
			return otherRole(s, r, out)
		})
	},
}

// otherRole offers the one role that trusts exactly this service account, or else to create the role that is named.
func otherRole(s *subject.Subject, r *subject.NamedRole, out Outcome) Outcome {
	switch roles := s.RolesFor(s.AccountName); {
	case len(roles) == 1 && r.RoleARN == s.Binding.RoleARN:
		out.Need = roles[0].Arn
		out.Why += "; the trust policy of " + roles[0].Arn + " names exactly this service account"
		out.Fix, out.Advice = annotate(s, roles[0].Arn), ""
	case len(roles) > 1:
		arns := make([]string, len(roles))
		for i, role := range roles {
			arns[i] = role.Arn
		}
		out.Advice = "annotate the service account with the role that is meant: the trust policies of " + few(arns) + " name exactly this service account"
	case unmodifiable(r.ARN) || s.IssuerFault.Cause != subject.IssuerUsable || !s.Issuer.Known() || s.Predicted:
	default:
		return created(out, r, trust.WebIdentity(trust.WebIdentityRequest{
			Issuer: issuerURL(s), Subject: s.TokenSubject(), Audiences: []string{s.IntendedAudience()}, RoleARN: r.RoleARN,
		}))
	}
	return out
}

// created offers to create the role that is named, for this request alone. What it may do is up to the policies that are
// attached to it.
func created(out Outcome, r *subject.NamedRole, request trust.Request) Outcome {
	document, err := trust.PolicyFor(request)
	if err != nil {
		return out
	}
	path := strings.TrimSuffix(strings.TrimPrefix(r.ARN.Resource, "role"), r.ARN.RoleName())
	out.Fix, out.Advice = []change.Change{change.CreateRole{Arn: r.RoleARN, Path: path, Document: document}}, ""
	out.Why += "; a role that is created has no permissions until policies are attached to it"
	return out
}
