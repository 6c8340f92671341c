package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa203 = Check{
	Code: IRSA203, Class: Breaks, Link: LinkInjection,
	Title: "the webhook did not mutate the pod",
	Doc: Doc{
		Means: `The annotation was there before the pod, the webhook is registered, its selectors take the pod in, and yet
nothing was injected. Two things lead to that. The webhook did not answer in that moment (it was down, timed
out, or its certificate was not trusted): with failurePolicy Ignore the API server then admits the pod as it
is. Or the webhook had not heard of the service account yet, since it was made seconds before the pod, as in
the first installation of a chart. Neither leaves an event.

The times of other objects may show more. The webhook was registered, or the namespace got the label by which the webhook
is called, after the pod was created: then a restart is enough. Or another pod of the workload, created minutes
earlier or later, was not mutated either: then a restart changes nothing, and the webhook does not work.`,
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
	n, created := s.NotInjected, s.Pod.CreationTimestamp.Time
	out := Outcome{
		Result: Fail, Where: podWhere(s),
		Have:     "nothing injected, though the annotation was set " + stamp(n.AnnotatedAt) + " and the pod created " + stamp(created),
		Need:     injection,
		Why:      "the webhook did not answer when the pod was created, or had not seen the service account yet; the API server then admits the pod as it is, without an event",
		Fix:      recreateIf(s, webhookAnswersNow, probe(s)...),
		Evidence: []string{s.Account.Source(), s.Registrations.Source()},
	}
	switch n.Causes[len(n.Causes)-1] {
	case subject.PodOlderThanWebhook:
		out.Have, out.Need = "created "+stamp(created), "created after the webhook was registered, "+stamp(n.CalledSince)
		out.Why, out.Fix = "the webhook was registered after the pod was created, and it changes a pod only while it is being created", recreate(s)
	case subject.PodOlderThanLabel:
		out.Have, out.Need = "created "+stamp(created), "created after label "+n.Label+" of namespace "+s.Pod.Namespace+" was set, "+stamp(n.CalledSince)
		out.Why, out.Fix = "the webhook is called for pods of namespaces with label "+n.Label+", which was set after the pod was created", recreate(s)
	case subject.WebhookMissesPods:
		out.Why = "pod " + n.Sibling.Name + ", created " + stamp(n.Sibling.CreationTimestamp.Time) + ", was not mutated either, so the webhook does not mutate the pods of this workload: a restart does not help"
		out.Fix = nil
		out.Advice = "find out why the webhook does not answer (on EKS: \"failing open\" in the log of the API server), then restart the workload"
	}
	return out
}
