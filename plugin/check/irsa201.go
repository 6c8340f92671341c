package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa201 = Check{
	Code: IRSA201, Class: Breaks, Link: LinkInjection,
	Title: "the pod is older than its role annotation",
	Doc: Doc{
		Means: `The service account got its role annotation, or was created again, after this pod was created. The
webhook mutates a pod only when it is created. So this pod has no token volume and no variables until it is
recreated. SDKs in the pod use other credentials, in most cases the node's role.`,
		Example: `    $ kubectl get pod web-0 -n shop -o jsonpath='{.metadata.creationTimestamp}'
    2026-06-15T08:58:32Z
    $ kubectl get serviceaccount web -n shop -o yaml --show-managed-fields
    ...
      managedFields:
      - manager: kubectl-annotate
        time: "2026-06-15T09:20:11Z"
        fieldsV1: {"f:metadata": {"f:annotations": {"f:eks.amazonaws.com/role-arn": {}}}}`,
		Fix: `Restart the workload:

    kubectl rollout restart deployment/web -n shop

Restart every other workload that uses this service account too. A Job does not replace its pods: run the Job again.
To prevent this, create the annotated service account before the workload.`,
		Verify: `Compare the two times as in the example. The time in managedFields is the last change of all fields that
this manager owns, so the annotation can be a little older. After the restart, the new pod has the variables:

    kubectl get pod -n shop -l app=web -o jsonpath='{.items[0].spec.containers[0].env}'`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA201, older) },
}

func older(s *subject.Subject) Outcome {
	account, _ := s.Account.Get()
	created := s.Pod.CreationTimestamp.Time
	what := "the annotation was set, " + stamp(s.NotInjected.AnnotatedAt)
	if !s.NotInjected.AnnotatedAt.After(created) {
		what = "the service account was created, " + stamp(account.CreationTimestamp.Time)
	}
	return Outcome{
		Result: Fail, Where: podWhere(s) + ", creationTimestamp", Have: "created " + stamp(created), Need: "created after " + what,
		Why: "the webhook mutates a pod only when it is created", Fix: recreate(s), Evidence: []string{s.Account.Source()},
	}
}
