package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa217 = Check{
	Code: IRSA217, Class: Breaks, Link: LinkInjection,
	Title: "nothing was injected into the pod, and the cause is unknown",
	Doc: Doc{
		Means: `The service account has the role annotation and nothing is known to exclude the pod, but the webhook
injected nothing. Either the pod is older than the annotation (IRSA201), or the webhook did not mutate it (IRSA203).
Which of the two is unknown: the managedFields of the service account have no date for the annotation, or the
MutatingWebhookConfigurations could not be read. The fix is the same.`,
		Example: `    $ kubectl get serviceaccount web -n shop -o yaml --show-managed-fields | grep role-arn
        eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/web
    $ kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[0].env}'`,
		Fix: `Restart the workload, and check the new pod:

    kubectl rollout restart statefulset/web -n shop
    kubectl irsa explain statefulset/web -n shop

If the new pod has the variables, the old pod was older than the annotation, or the webhook failed once. If it does
not have them, the webhook does not work, and the new answer names the cause.`,
		Verify: `Print what a new pod gets, without creating it:

    kubectl run probe --image=none --dry-run=server -o yaml -n shop --overrides='{"spec":{"serviceAccountName":"web"}}'`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA217, timeUnknown) },
}

func timeUnknown(s *subject.Subject) Outcome {
	why := "the annotation has no recorded date, so the pod can be older; the webhook mutates a pod only when it is created"
	if !s.Registrations.Known() || len(s.NotInjected.WebhookGaps) > 0 {
		why = "the pod can be older than its annotation, or the API server did not call the webhook for it; which of the two is unknown"
	}
	return Outcome{
		Result: Fail, Where: podWhere(s), Have: "nothing injected", Need: injection,
		Why: why, Fix: recreateIf(s, webhookAnswersNow, probe(s)...), Evidence: []string{s.Account.Source()},
	}
}
