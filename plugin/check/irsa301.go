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
		Means: `The service account, the manifest or the Pod Identity association names a role that does not exist in the
account of its ARN. The role was deleted, was never created, is in another account, or its name has a typing error.
STS gives the same answer as for a role that does not trust the token: AccessDenied. For a Pod Identity association,
the EKS Pod Identity agent gives this answer.`,
		Example: `    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'
    {"eks.amazonaws.com/role-arn":"arn:aws:iam::111122223333:role/shop-web"}
    $ aws iam get-role --role-name shop-web
    An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name shop-web cannot be found.

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Create the role with a trust policy for the service account and with the permissions that the workload
needs. Or annotate the service account with the intended role and restart the workload:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web --overwrite
    kubectl rollout restart deployment/web -n shop`,
		Verify: `Check the role in the account of the ARN, not in another account:

    aws sts get-caller-identity --query Account
    aws iam get-role --role-name web

IAM is eventually consistent: it can take some seconds until a new role is available everywhere.`,
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
				Why:      "STS answers AccessDenied, as for a role that does not trust the token",
				Advice:   "create the role with a trust policy for " + s.TokenSubject() + ", or annotate the service account with the intended role",
				Evidence: []string{r.Role.Source()},
			}
			if r.Associated {
				out.Why = "EKS cannot assume a role that does not exist"
				out.Advice = "create the role with a trust policy for " + trust.PodIdentityService + ", or set the intended role in the association"
				if j := s.PodIdentity; j != nil && j.RoleARN == r.RoleARN && !unmodifiable(r.ARN) && !s.Predicted {
					out = created(out, r, j.Request)
				}
				return out
			}
			return otherRole(s, r, out)
		})
	},
}

// otherRole offers the one role that trusts exactly this service account, or else to create the named role.
func otherRole(s *subject.Subject, r *subject.NamedRole, out Outcome) Outcome {
	switch roles := s.RolesFor(s.AccountName); {
	case len(roles) == 1 && r.RoleARN == s.Binding.RoleARN:
		out.Need = roles[0].Arn
		out.Why += "; " + roles[0].Arn + " trusts exactly this service account"
		out.Fix, out.Advice = annotate(s, roles[0].Arn), ""
	case len(roles) > 1:
		arns := make([]string, len(roles))
		for i, role := range roles {
			arns[i] = role.Arn
		}
		out.Advice = "annotate the service account with the intended role; these roles trust exactly this service account: " + few(arns)
	case unmodifiable(r.ARN) || s.IssuerFault.Cause != subject.IssuerUsable || !s.Issuer.Known() || s.Predicted:
	default:
		return created(out, r, trust.WebIdentity(trust.WebIdentityRequest{
			Issuer: issuerURL(s), Subject: s.TokenSubject(), Audiences: []string{s.IntendedAudience()}, RoleARN: r.RoleARN,
		}))
	}
	return out
}

// created offers to create the named role, for this request only. Its permissions depend on the policies that are
// attached to it.
func created(out Outcome, r *subject.NamedRole, request trust.Request) Outcome {
	document, err := trust.PolicyFor(request)
	if err != nil {
		return out
	}
	path := strings.TrimSuffix(strings.TrimPrefix(r.ARN.Resource, "role"), r.ARN.RoleName())
	out.Fix, out.Advice = []change.Change{change.CreateRole{Arn: r.RoleARN, Path: path, Document: document}}, ""
	out.Why += "; a new role has no permissions until policies are attached to it"
	return out
}
