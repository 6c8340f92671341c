package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa105 = Check{
	Code: IRSA105, Class: Breaks, Link: LinkAccount,
	Title: "the role is set only in a kube2iam or kiam annotation",
	Doc: Doc{
		Means: `The pod or its service account has the annotation iam.amazonaws.com/role. Only kube2iam and kiam read it:
these proxies answer for the instance metadata service and return credentials of the role that the annotation names.
The pod identity webhook and EKS Pod Identity ignore it. Without a proxy the annotation has no effect. The pod then
gets what the metadata service gives to every pod: the node's role, or no answer.`,
		Example: `    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        metadata:
          annotations:
            iam.amazonaws.com/role: web     # only kube2iam and kiam read it
        spec:
          serviceAccountName: web`,
		Fix: `Add the service account to the role's trust policy, and annotate the service account with the role's full
ARN. The role name alone, which kube2iam accepts, is not enough:

    kubectl irsa bind shop/web arn:aws:iam::111122223333:role/web
    kubectl rollout restart deployment/web -n shop

The role's old trust policy names the role of the nodes as a principal. Remove that statement when no pod uses the
proxy.`,
		Verify: `    kubectl get daemonsets -A

If kube2iam or kiam still runs, it reads this annotation, and the pod can get its role from the proxy. This finding
is then about the time after the migration. An SDK uses web identity settings before the metadata service, so a pod
can have both during a migration.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA105, legacyAnnotated) },
}

func legacyAnnotated(s *subject.Subject) Outcome {
	where, value := accountWhere(s), s.Unbound.Legacy.Value
	if s.Unbound.Legacy.OnPod {
		where = podWhere(s)
	}
	out := Outcome{
		Result: Fail, Where: where + ", annotation " + inject.LegacyRole, Have: value,
		Need:     s.RoleKey() + " on " + accountWhere(s),
		Why:      "only kube2iam and kiam read this annotation; the pod identity webhook ignores it",
		Advice:   "allow " + s.TokenSubject() + " in the role's trust policy, and annotate the service account with the role's ARN",
		Evidence: []string{s.Account.Source()},
	}
	if role, ok := s.MeantRole(value); ok {
		out.Need, out.Fix = s.RoleKey()+"="+role+" on "+accountWhere(s), annotate(s, role)
	}
	return out
}
