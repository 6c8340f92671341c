package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa203 = Check{
	Code: IRSA203, Class: Breaks, Link: LinkInjection,
	Title: "the webhook passed the pod over",
	Doc: Doc{
		Means: `The annotation was there before the pod, the webhook is registered, its selectors take the pod in, and yet
nothing was injected. Two things lead to that. The webhook did not answer in that moment (it was down, timed
out, or its certificate was not trusted): with failurePolicy Ignore the API server then admits the pod as it
is. Or the webhook had not heard of the service account yet, since it was made seconds before the pod, as in
the first installation of a chart. Neither leaves an event.`,
		Example: `A chart makes service account and Deployment in one go:

    $ kubectl get serviceaccount,pod -n shop --sort-by=.metadata.creationTimestamp \
        -o custom-columns='KIND:.kind,NAME:.metadata.name,CREATED:.metadata.creationTimestamp'
    KIND             NAME    CREATED
    ServiceAccount   web     2026-06-15T10:00:00Z
    Pod              web-0   2026-06-15T10:00:00Z
    $ kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[0].env}'`,
		Fix: `Make the pod anew:

    kubectl rollout restart statefulset/web -n shop

If it comes again at every first installation, make the service account in an earlier step (a sync wave, a
pre-install hook). If it hits pods at random, the webhook fails at times: see below.`,
		Verify: `The API server logs every call that failed: look for "failing open" together with the webhook's name. On EKS
that log is in CloudWatch once the control plane's logging of type api is on:

    aws logs filter-log-events --log-group-name /aws/eks/prod/cluster --filter-pattern '"failing open"'`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA203, notMutated) },
}

func notMutated(s *subject.Subject) Outcome {
	annotated, created := s.NotInjected.AnnotatedAt, s.Pod.CreationTimestamp.Time
	return Outcome{
		Result: Fail, Where: podWhere(s),
		Have:     "nothing injected, though the annotation was set " + stamp(annotated) + " and the pod created " + stamp(created),
		Need:     injection,
		Why:      "the webhook did not answer when the pod was created, or had not seen the service account yet; the API server then admits the pod as it is, without an event",
		Fix:      recreateIf(s, webhookAnswersNow, probe(s)...),
		Evidence: []string{s.Account.Source(), s.Registrations.Source()},
	}
}
