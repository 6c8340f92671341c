package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa216 = Check{
	Code: IRSA216, Class: Risk, Link: LinkInjection,
	Title: "new pods do not get this pod's credentials settings",
	Doc: Doc{
		Means: `The webhook injected a role when this pod was created, and the pod works with it. Since then the service
account lost its role annotation, was deleted, or got a Pod Identity association. The next pod (after a rollout, a
scale-up or the loss of a node) gets other settings or none.

If the service account does not exist, the API server rejects new pods, and the kubelet cannot renew this pod's
token. The pod works until the token on disk expires, at most a day after it was written.

If there is an association for the same role, the migration from IRSA to Pod Identity is not complete. Restart the
workload to complete it.`,
		Example: `    $ kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[0].env[?(@.name=="AWS_ROLE_ARN")].value}'
    arn:aws:iam::111122223333:role/web
    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'
    {}`,
		Fix: `Set the annotation again. The running pod needs no restart:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web

Find out what removed it: an upgrade that replaced the service account, kubectl replace, or a GitOps tool. If the
role was removed on purpose, restart the workload:

    kubectl rollout restart statefulset/web -n shop`,
		Verify: `Print what a new pod gets, without creating it:

    kubectl run probe --image=none --dry-run=server -o yaml -n shop --overrides='{"spec":{"serviceAccountName":"web"}}'`,
	},
	Run: func(s *subject.Subject) Outcome {
		switch {
		case s.Predicted:
			return skip("the pod does not exist yet")
		case injectedEarlier(s) && s.Account.Absent():
			return accountGone(s)
		case s.Reading.Mechanism == inject.PodIdentity:
			return skip(IRSA706)
		case s.InjectedRole() == "":
			return skip("no role was injected")
		case s.Intent.Next != nil:
			return associatedSince(s)
		case s.Intent.Association != nil:
			return skip(IRSA702)
		case s.Binding.RoleARN != "" && s.Associations.Known():
			return pass(s.Account.Source())
		case s.Binding.RoleARN != "":
			return gap(s.Associations)
		case s.HandMade():
			return skip("the manifest sets the credentials settings")
		}
		if gaps := otherBindings(s); len(gaps) > 0 {
			return unknown(gaps...)
		}
		return annotationGone(s)
	},
}

// otherBindings are the sources that were not read and can give a service account without an annotation a
// role: an association, and the ConfigMap of a webhook that is not EKS's (kOps).
func otherBindings(s *subject.Subject) []fact.Gap {
	gaps := append(fact.GapsOf(s.Account), fact.GapsOf(s.Associations)...)
	if issuer, known := s.Issuer.Get(); known && !snapshot.IsEKSIssuer(issuer) {
		gaps = append(gaps, fact.Gap{What: "the webhook's ConfigMap pod-identity-webhook", Reason: "a snapshot does not keep the values of ConfigMaps"})
	}
	return gaps
}

func annotationGone(s *subject.Subject) Outcome {
	return Outcome{
		Result: Fail, Where: accountWhere(s) + ", annotations", Have: "no " + s.RoleKey(), Need: s.RoleKey() + "=" + s.InjectedRole(),
		Why:      "the pod keeps what the webhook injected when it was created; the webhook injects nothing into a new pod",
		Fix:      []change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.RoleKey(), Value: s.InjectedRole()}},
		Evidence: []string{s.Account.Source(), s.Associations.Source()},
	}
}

func accountGone(s *subject.Subject) Outcome {
	return Outcome{
		Result: Fail, Where: accountWhere(s), Have: "no such service account", Need: "service account " + s.AccountName,
		Why:      "the pod works until its token expires, because the kubelet cannot renew it; the API server rejects new pods",
		Fix:      createAccount(s),
		Advice:   "create the service account with its role annotation",
		Evidence: []string{s.Account.Source()},
	}
}

func associatedSince(s *subject.Subject) Outcome {
	return Outcome{
		Result: Fail, Where: podWhere(s), Have: "IRSA for role " + s.InjectedRole(), Need: "EKS Pod Identity for the same role",
		Why: "the service account has a Pod Identity association, which takes precedence for new pods; this pod keeps its IRSA settings until it is recreated",
		Fix: recreate(s), Evidence: []string{s.Associations.Source()},
	}
}
