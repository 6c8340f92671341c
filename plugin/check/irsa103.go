package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa103 = Check{
	Code: IRSA103, Class: Breaks, Link: LinkAccount,
	Title: "the pod runs under another service account than the bound one",
	Doc: Doc{
		Means: `The service account under which the pod runs has no role, and beside it stands one that does and that bears
the workload's name, or that is the only bound one of the namespace and used by nobody, or the service account of
the pod that created this one (a Spark driver creates its executors). Nearly always the template does not name it: a
pod without serviceAccountName runs under "default". The role's trust policy
names the subject of the other service account, so even with the variables set by hand STS would refuse.`,
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
        spec:                # no serviceAccountName: the pods run under "default"
          containers: [{name: app, image: web}]`,
		Fix: `Name the service account in the template; that makes the pods anew:

    kubectl set serviceaccount deployment/web web -n shop

With Helm look for serviceAccount.create and serviceAccount.name: where the chart does not create one and no
name is given, it falls back to "default". Pods that a program starts (jobs of a scheduler, runners) take
the service account from that program's own settings; the executors of Spark:

    --conf spark.kubernetes.authenticate.executor.serviceAccountName=web`,
		Verify: `    kubectl get pod web-0 -n shop -o jsonpath='{.spec.serviceAccountName}'
    kubectl get serviceaccounts -n shop -o custom-columns='NAME:.metadata.name,ROLE:.metadata.annotations.eks\.amazonaws\.com/role-arn'

This finding is drawn from names. If the pod is meant to have no role, it can be left as it is: give the pod
a service account of its own whose name says so.`,
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
		Why:      "service account " + other + " is the one that is bound, to " + role + ", and the token of " + s.AccountName + " has another subject",
		Fix:      fix,
		Evidence: []string{s.Account.Source(), s.Snapshot.ServiceAccount(s.Pod.Namespace, other).Source()},
	}
	if creator := s.Unbound.Other.Creator; creator != "" {
		out.Why = "pod " + creator + " created this pod and runs under service account " + other + ", which is bound to " + role +
			"; the token of " + s.AccountName + " has another subject"
		out.Fix = nil // the program that creates the pods would create the next one in the same way
		out.Advice = "set service account " + other + " in the settings of the program that creates the pods" + executorSetting(s, other) + ", then start it again"
	}
	return out
}

// executorSetting names the setting for the executors of Spark (its documentation, "Running Spark on Kubernetes").
func executorSetting(s *subject.Subject, account string) string {
	if s.Pod.Labels["spark-role"] != "executor" {
		return ""
	}
	return " (spark.kubernetes.authenticate.executor.serviceAccountName=" + account + ")"
}
