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
	Title: "the pod lives on what was injected earlier, and a new one would get nothing",
	Doc: Doc{
		Means: `The webhook gave this pod its role when it was created. Since then the service account has lost its role
annotation, or has gone itself. The pod keeps what it was born with, so it goes on; the next one, after a
roll-out, a scale-up or the loss of a node, comes without. The failure then looks as if it had come from
nowhere.

Where the service account itself is gone, the pod's token is not renewed any more either, and the pod fails when
it expires: that is IRSA101 as well.`,
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
		case s.Reading.Mechanism == inject.PodIdentity:
			return skip(IRSA706)
		case s.InjectedRole() == "":
			return skip("no role was injected")
		case s.Binding.RoleARN != "":
			return pass(s.Account.Source())
		case s.HandMade():
			return skip("the manifest gives the pod its credentials settings itself")
		case s.Intent.Association != nil:
			return skip(IRSA702)
		}
		if gaps := otherBindings(s); len(gaps) > 0 {
			return unknown(gaps...)
		}
		return bindingGone(s)
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

func bindingGone(s *subject.Subject) Outcome {
	out := Outcome{
		Result: Fail, Where: accountWhere(s) + ", annotations", Have: "no " + s.RoleKey(), Need: s.RoleKey() + "=" + s.InjectedRole(),
		Why:      "the pod keeps what the webhook gave it when it was created, and the webhook gives a new one nothing",
		Evidence: []string{s.Account.Source(), s.Associations.Source()},
	}
	if s.Account.Absent() {
		out.Where, out.Have = accountWhere(s), "no such service account"
		out.Why = "the pod keeps what the webhook gave it until its token expires; no new pod is admitted"
		out.Fix = []change.Change{change.CreateServiceAccount{Namespace: s.Pod.Namespace, Name: s.AccountName, Key: s.RoleKey(), Value: s.InjectedRole()}}
		return out
	}
	out.Fix = []change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.RoleKey(), Value: s.InjectedRole()}}
	return out
}
