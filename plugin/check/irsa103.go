package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa103 = Check{
	Code: IRSA103, Class: Breaks, Link: LinkAccount,
	Title: "the pod does not use the service account that has the role",
	Doc: Doc{
		Means: `The pod's service account has no role, but another service account in the namespace has one and seems to
be the intended one. It has the workload's name, or it is the only service account with a role and no pod uses it,
or it is the service account of the pod that created this pod (a Spark driver creates its executors). In most cases
the pod template has no serviceAccountName, so the pod uses "default". The role's trust policy names the subject of
the other service account, so STS denies the request even if you set the variables yourself.`,
		Example: `    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
      namespace: shop
      annotations:
        eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/web
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        spec:                # no serviceAccountName: the pods use "default"
          containers: [{name: app, image: web}]`,
		Fix: `Set the service account in the pod template. This restarts the workload:

    kubectl set serviceaccount deployment/web web -n shop

In a Helm chart, check serviceAccount.create and serviceAccount.name. If create is false and name is empty, the
chart uses "default". If another program creates the pods (a scheduler, a CI runner), set the service account in the
settings of that program. For Spark executors:

    --conf spark.kubernetes.authenticate.executor.serviceAccountName=web`,
		Verify: `    kubectl get pod web-0 -n shop -o jsonpath='{.spec.serviceAccountName}'
    kubectl get serviceaccounts -n shop -o custom-columns='NAME:.metadata.name,ROLE:.metadata.annotations.eks\.amazonaws\.com/role-arn'

This finding is based on names. If the pod needs no role, no change is needed. To prevent this finding, give the pod
its own service account.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA103, runsUnderAnother) },
}

func runsUnderAnother(s *subject.Subject) Outcome {
	other, role := s.Unbound.Other.Name, s.Unbound.Other.RoleARN
	fix := setServiceAccount(s, other)
	account, _ := s.Snapshot.ServiceAccount(s.Pod.Namespace, other).Get()
	if account.Annotations[s.RoleKey()] == "" && !s.Unbound.Other.Associated {
		fix = slices.Insert(fix, 0, change.Change(change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: other, Key: s.RoleKey(), Value: role}))
	}
	out := Outcome{
		Result: Fail, Where: podWhere(s) + ", spec.serviceAccountName", Have: s.AccountName, Need: other,
		Why:      "service account " + other + " is bound to " + role + "; tokens of " + s.AccountName + " have a different subject",
		Fix:      fix,
		Evidence: []string{s.Account.Source(), s.Snapshot.ServiceAccount(s.Pod.Namespace, other).Source()},
	}
	if creator := s.Unbound.Other.Creator; creator != "" {
		out.Why = "pod " + creator + " created this pod and uses service account " + other + ", which is bound to " + role +
			"; tokens of " + s.AccountName + " have a different subject"
		out.Fix = nil // the program that creates the pods creates the next one in the same way
		out.Advice = "set service account " + other + " in the settings of the program that creates the pods" + executorSetting(s, other) + ", then restart that program"
	}
	return out
}

// executorSetting names the setting for Spark executors (its documentation, "Running Spark on Kubernetes").
func executorSetting(s *subject.Subject, account string) string {
	if s.Pod.Labels["spark-role"] != "executor" {
		return ""
	}
	return " (spark.kubernetes.authenticate.executor.serviceAccountName=" + account + ")"
}
