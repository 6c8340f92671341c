package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa109 = Check{
	Code: IRSA109, Class: Breaks, Link: LinkAccount,
	Title: "a role trusts the service account, but the service account has no role annotation",
	Doc: Doc{
		Means: `A role in the account trusts exactly this service account of this cluster, but the service account does
not name the role. The annotation was never set, or a tool removed it: an upgrade of an add-on, kubectl apply or
replace with a manifest without the annotation, or a GitOps synchronization. The webhook injects nothing into new
pods.

A pod that was created before the annotation was removed still has the role. IRSA216 reports that pod.`,
		Example: `The trust policy of role web has

    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}

and the service account has no annotation:

    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'
    {}`,
		Fix: `Set the annotation, then restart the workload:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web
    kubectl rollout restart deployment/web -n shop

Find out what removed the annotation, because it can happen again. For a managed add-on, pass the role with every
update:

    aws eks update-addon --cluster-name prod --addon-name vpc-cni --service-account-role-arn arn:aws:iam::111122223333:role/cni`,
		Verify: `The managedFields show who changed the service account last:

    kubectl get serviceaccount web -n shop -o yaml --show-managed-fields

If the workload no longer needs the role, remove the statement from the trust policy. Otherwise anybody who can
create a service account with this name gets the role.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA109, annotationLost) },
}

func annotationLost(s *subject.Subject) Outcome {
	roles := s.Unbound.Roles
	out := Outcome{
		Result: Fail, Where: accountWhere(s) + ", annotations", Have: "no " + s.RoleKey(), Need: s.RoleKey() + "=" + roles[0].Arn,
		Why:      "role " + roles[0].RoleName + " trusts exactly this service account, but without the annotation the webhook does not mutate its pods",
		Evidence: []string{s.Account.Source(), "iam:GetRole " + roles[0].RoleName},
	}
	if len(roles) > 1 {
		out.Why = fmt.Sprintf("%d roles trust exactly this service account, but without the annotation the webhook does not mutate its pods", len(roles))
		out.Need = s.RoleKey() + " with one of the ARNs " + strings.Join(arns(roles), ", ")
		out.Advice = "annotate the service account with the intended role, then recreate the pod"
		return out
	}
	out.Fix = annotate(s, roles[0].Arn)
	return out
}
