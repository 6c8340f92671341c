package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa105 = Check{
	Code: IRSA105, Class: Breaks, Link: LinkAccount,
	Title: "only a legacy kube2iam or kiam annotation names a role",
	Doc: Doc{
		Means: `The pod or its service account carries iam.amazonaws.com/role. kube2iam and kiam read it: they stood between
pods and the instance metadata service and handed out the credentials of the role that it names. Neither the
pod identity webhook nor EKS Pod Identity knows the annotation. Without such a proxy it does nothing, and the
pod gets what the metadata service gives to everybody: the node's role, or no answer.`,
		Example: `    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        metadata:
          annotations:
            iam.amazonaws.com/role: web     # of kube2iam
        spec:
          serviceAccountName: web`,
		Fix: `Let the role trust the service account's tokens, and annotate the service account with the role's whole ARN;
the name alone, as kube2iam took it, is not enough:

    kubectl irsa bind web arn:aws:iam::111122223333:role/web -n shop
    kubectl rollout restart deployment/web -n shop

The role's old trust policy names the nodes' role as its principal. That statement can go when no pod uses
the proxy any more.`,
		Verify: `    kubectl get daemonsets -A

If kube2iam or kiam still runs there, it serves this annotation, and the pod may well have its role by that
way: then this finding is about what comes after it. An SDK that finds web identity settings uses them
before the metadata service, so both can be there during a migration.`,
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
		Why:      "kube2iam and kiam read this annotation, the pod identity webhook does not",
		Advice:   "give the role a trust policy for " + s.TokenSubject() + " and annotate the service account with the role's ARN",
		Evidence: []string{s.Account.Source()},
	}
	if role, ok := s.MeantRole(value); ok {
		out.Need, out.Fix = s.RoleKey()+"="+role+" on "+accountWhere(s), annotate(s, role)
	}
	return out
}
