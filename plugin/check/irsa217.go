package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa217 = Check{
	Code: IRSA217, Class: Breaks, Link: LinkInjection,
	Title: "nothing was injected, and whether the annotation was there in time is not recorded",
	Doc: Doc{
		Means: `The service account is annotated, nothing keeps the webhook away as far as can be seen, and nothing was injected
into the pod. Either the pod is older than the annotation (IRSA201), or the webhook passed it over (IRSA203).
Which of the two is not recorded: the service account's managedFields do not date the annotation, or the
webhook's registration could not be read. What to do is the same.`,
		Example: `    $ kubectl get serviceaccount web -n shop -o yaml --show-managed-fields | grep role-arn
        eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/web
    $ kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[0].env}'`,
		Fix: `Make the pod anew, and look again:

    kubectl rollout restart statefulset/web -n shop
    kubectl irsa explain statefulset/web -n shop

If the new pod has its variables, the old one was older than the annotation, or had bad luck. If it has none
either, the webhook does not do its work, and the answer then says which code it is.`,
		Verify: `    kubectl run probe --image=none --dry-run=server -o yaml -n shop --overrides='{"spec":{"serviceAccountName":"web"}}'

shows what a pod that is created now would get, and creates none.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA217, timeUnknown) },
}

func timeUnknown(s *subject.Subject) Outcome {
	why := "when the annotation was set is not recorded, so the pod may be older than it; the webhook changes a pod only while it is being created"
	if !s.Registrations.Known() || len(s.NotInjected.WebhookGaps) > 0 {
		why = "the pod may be older than its annotation, or the webhook was not called for it, which could not be read"
	}
	return Outcome{
		Result: Fail, Where: podWhere(s), Have: "nothing injected", Need: injection,
		Why: why, Fix: recreateIf(s, webhookAnswersNow, probe(s)...), Evidence: []string{s.Account.Source()},
	}
}
