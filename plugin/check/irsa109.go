package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa109 = Check{
	Code: IRSA109, Class: Breaks, Link: LinkAccount,
	Title: "a role's trust policy names the service account, which has no role annotation",
	Doc: Doc{
		Means: `A role in the account trusts exactly this service account of this cluster, and the service account does not
name the role. Somebody set both up, and the annotation has gone since: a tool rewrote the service account
(an upgrade of an add-on, kubectl apply or replace with a manifest that lacks it, a GitOps synchronization), or
it was never set. Pods that are made now get nothing.

A pod that was made before the annotation went still has the role; that is IRSA216.`,
		Example: `The trust policy of role web has

    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}

and

    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'
    {}`,
		Fix: `Set the annotation and make the pods anew:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web
    kubectl rollout restart deployment/web -n shop

Then find what took it away, which will do so again. For a managed add-on pass the role with every update:

    aws eks update-addon --cluster-name prod --addon-name vpc-cni --service-account-role-arn arn:aws:iam::111122223333:role/cni`,
		Verify: `Who wrote the service account last stands in its managedFields:

    kubectl get serviceaccount web -n shop -o yaml --show-managed-fields

If the role is left over from something that is gone, the statement should go too: whoever makes a service
account of that name gets the role.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA109, annotationLost) },
}

func annotationLost(s *subject.Subject) Outcome {
	roles := s.Unbound.Roles
	out := Outcome{
		Result: Fail, Where: accountWhere(s) + ", annotations", Have: "no " + s.RoleKey(), Need: s.RoleKey() + "=" + roles[0].Arn,
		Why:      "the trust policy of role " + roles[0].RoleName + " names exactly this service account, and without the annotation the webhook gives its pods nothing",
		Evidence: []string{s.Account.Source(), "iam:GetRole " + roles[0].RoleName},
	}
	if len(roles) > 1 {
		out.Why = fmt.Sprintf("the trust policies of %d roles name exactly this service account, and without the annotation the webhook gives its pods nothing", len(roles))
		out.Need = s.RoleKey() + " with one of " + strings.Join(arns(roles), ", ")
		out.Advice = "annotate the service account with the role that is meant, then make the pod anew"
		return out
	}
	out.Fix = annotate(s, roles[0].Arn)
	return out
}
