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
	Title: "what was injected into the pod is not what a new pod gets",
	Doc: Doc{
		Means: `The webhook gave this pod its role when it was created, and the pod works with that. Since then the service account
has lost its role annotation, or does not exist any more, or has a Pod Identity association: the next pod, after a
rollout, a scale-up or the loss of a node, gets something else, or nothing.

Where the service account does not exist, no new pod is admitted, and the token of this one is not renewed: the kubelet
renews it at 80 percent of its life, and the API server refuses. The pod works until the token on disk expires, at the
latest a day after it was written.

Where there is an association for the role that the pod has, the migration from IRSA to Pod Identity is half done: a
restart of the workload completes it.`,
		Example: `    $ kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[0].env[?(@.name=="AWS_ROLE_ARN")].value}'
    arn:aws:iam::111122223333:role/web
    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'
    {}`,
		Fix: `Put the annotation back; the running pod needs nothing else:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web

and find out what took it away: an upgrade that rewrote the service account, kubectl replace, a GitOps tool. If
the role was taken away on purpose, take the pod too:

    kubectl rollout restart statefulset/web -n shop`,
		Verify: `See what a pod that is created now would get, without creating one:

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
			return skip("the manifest gives the pod its credentials settings itself")
		}
		if gaps := otherBindings(s); len(gaps) > 0 {
			return unknown(gaps...)
		}
		return annotationGone(s)
	},
}

// otherBindings are the ways that were not read by which a service account without an annotation may have a
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
		Why:      "the pod keeps what the webhook gave it when it was created, and the webhook gives a new one nothing",
		Fix:      []change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.RoleKey(), Value: s.InjectedRole()}},
		Evidence: []string{s.Account.Source(), s.Associations.Source()},
	}
}

func accountGone(s *subject.Subject) Outcome {
	return Outcome{
		Result: Fail, Where: accountWhere(s), Have: "no such service account", Need: "service account " + s.AccountName,
		Why:      "the pod works until its token expires, which the kubelet cannot renew; no new pod is admitted",
		Fix:      createAccount(s),
		Advice:   "create the service account with its role annotation",
		Evidence: []string{s.Account.Source()},
	}
}

func associatedSince(s *subject.Subject) Outcome {
	return Outcome{
		Result: Fail, Where: podWhere(s), Have: "web identity for role " + s.InjectedRole(), Need: "EKS Pod Identity, for the same role",
		Why: "the service account has a Pod Identity association, which the webhook prefers for new pods; this one keeps its web identity until it is recreated",
		Fix: recreate(s), Evidence: []string{s.Associations.Source()},
	}
}
