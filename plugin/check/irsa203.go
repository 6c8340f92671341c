package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa203 = Check{
	Code: IRSA203, Class: Breaks, Link: LinkInjection,
	Title: "the webhook did not mutate the pod",
	Doc: Doc{
		Means: `The annotation is older than the pod, the webhook is registered and its selectors match the pod, but the
webhook injected nothing. There are two common causes. The webhook did not answer when the pod was created (it was
down, timed out, or its certificate was not trusted), and with failurePolicy Ignore the API server then creates the
pod without it. Or the webhook did not know the service account yet, because a chart created both within seconds.
Neither leaves an event.

The times of other objects can show more. If the webhook was registered after the pod was created, or its namespace
got the required label later, a restart is enough. If another pod of the workload was not mutated either, a restart
does not help: the webhook does not work.`,
		Example: `A chart creates the service account and the Deployment in the same second:

    $ kubectl get serviceaccount,pod -n shop --sort-by=.metadata.creationTimestamp \
        -o custom-columns='KIND:.kind,NAME:.metadata.name,CREATED:.metadata.creationTimestamp'
    KIND             NAME    CREATED
    ServiceAccount   web     2026-06-15T10:00:00Z
    Pod              web-0   2026-06-15T10:00:00Z
    $ kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[0].env}'`,
		Fix: `Restart the workload:

    kubectl rollout restart statefulset/web -n shop

If this happens at every first installation, create the service account in an earlier step (a sync wave, a
pre-install hook). If it happens to random pods, the webhook fails from time to time; see Verify.`,
		Verify: `The API server logs every failed call. Search its log for "failing open" and the webhook's name. On EKS
the log is in CloudWatch if control plane logging of type api is on:

    aws logs filter-log-events --log-group-name /aws/eks/prod/cluster --filter-pattern '"failing open"'`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA203, notMutated) },
}

func notMutated(s *subject.Subject) Outcome {
	n, created := s.NotInjected, s.Pod.CreationTimestamp.Time
	out := Outcome{
		Result: Fail, Where: podWhere(s),
		Have:     "nothing injected; annotation set " + stamp(n.AnnotatedAt) + ", pod created " + stamp(created),
		Need:     injection,
		Why:      "the webhook did not answer when the pod was created, or did not know the service account yet; the API server then creates the pod without an event",
		Fix:      recreateIf(s, webhookAnswersNow, probe(s)...),
		Evidence: []string{s.Account.Source(), s.Registrations.Source()},
	}
	switch n.Causes[len(n.Causes)-1] {
	case subject.PodOlderThanWebhook:
		out.Have, out.Need = "created "+stamp(created), "created after the webhook was registered, "+stamp(n.CalledSince)
		out.Why, out.Fix = "the webhook was registered after the pod was created, and it mutates a pod only when it is created", recreate(s)
	case subject.PodOlderThanLabel:
		out.Have, out.Need = "created "+stamp(created), "created after label "+n.Label+" of namespace "+s.Pod.Namespace+" was set, "+stamp(n.CalledSince)
		out.Why, out.Fix = "the API server calls the webhook only for namespaces with label "+n.Label+", which was set after the pod was created", recreate(s)
	case subject.WebhookMissesPods:
		out.Why = "pod " + n.Sibling.Name + ", created " + stamp(n.Sibling.CreationTimestamp.Time) + ", was not mutated either, so the webhook does not work for this workload; a restart does not help"
		out.Fix = nil
		out.Advice = "find out why the webhook does not answer (on EKS: search the API server log for \"failing open\"), then restart the workload"
	}
	return out
}
