package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa201 = Check{
	Code: IRSA201, Class: Breaks, Link: LinkInjection,
	Title: "the pod is older than its role annotation",
	Doc: Doc{
		Means: `The service account got its role annotation, or was made anew, after this pod had been created. The webhook
is part of admission: it changes a pod in the moment in which it is created and never again. So the pod has no
token and no variables, and goes on without them until it is made anew. Its SDKs find what there was before:
mostly the node's role.`,
		Example: `    $ kubectl get pod web-0 -n shop -o jsonpath='{.metadata.creationTimestamp}'
    2026-06-15T08:58:32Z
    $ kubectl get serviceaccount web -n shop -o yaml --show-managed-fields
    ...
      managedFields:
      - manager: kubectl-annotate
        time: "2026-06-15T09:20:11Z"
        fieldsV1: {"f:metadata": {"f:annotations": {"f:eks.amazonaws.com/role-arn": {}}}}`,
		Fix: `Make the pods anew:

    kubectl rollout restart deployment/web -n shop

The same goes for every other workload under this service account. Pods of a Job are not replaced; run the Job
again. So that it does not come back, let whatever sets up the cluster make the annotated service account before
the workload.`,
		Verify: `Compare the two times as above. The time in managedFields is that of the last change of all that this manager
owns in the object, so the annotation itself may be a little older. After the restart the variables are there:

    kubectl get pod -n shop -l app=web -o jsonpath='{.items[0].spec.containers[0].env}'`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA201, older) },
}

func older(s *subject.Subject) Outcome {
	account, _ := s.Account.Get()
	created := s.Pod.CreationTimestamp.Time
	what := "the annotation, which was set " + stamp(s.NotInjected.AnnotatedAt)
	if !s.NotInjected.AnnotatedAt.After(created) {
		what = "the service account, which was made " + stamp(account.CreationTimestamp.Time)
	}
	return Outcome{
		Result: Fail, Where: podWhere(s) + ", creationTimestamp", Have: "created " + stamp(created), Need: "created after " + what,
		Why: "the webhook changes a pod only while it is being created", Fix: recreate(s), Evidence: []string{s.Account.Source()},
	}
}
