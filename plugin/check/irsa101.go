package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa101 = Check{
	Code: IRSA101, Class: Breaks, Link: LinkAccount,
	Title: "the pod's service account does not exist",
	Doc: Doc{
		Means: `The pod's spec.serviceAccountName names a service account that does not exist in the pod's namespace. The
API server rejects new pods that use it, so the workload gets no new pods. A pod that is older than the deletion
keeps running for a while. The kubelet tries to renew the pod's token at 80 percent of its lifetime, and the API
server refuses. The token on disk expires at most a day after it was written; from then on every call to STS fails.`,
		Example: `The Deployment is in namespace shop, and the service account was created in another namespace:

    $ kubectl get deployment web -n shop -o jsonpath='{.spec.template.spec.serviceAccountName}'
    web
    $ kubectl get serviceaccount web -n shop
    Error from server (NotFound): serviceaccounts "web" not found

The events of the ReplicaSet show:

    Error creating: pods "web-6d8f9c7b54-" is forbidden: error looking up service account shop/web: serviceaccount "web" not found`,
		Fix: `Create the service account in the pod's namespace. If the pod needs a role, add the role annotation:

    kubectl create serviceaccount web -n shop
    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web

The role's trust policy must name the same namespace: a service account with the same name in another namespace has
a different subject. If a chart or a GitOps tool owns the service account, create it there; otherwise the next
synchronization can delete it.`,
		Verify: `    kubectl get serviceaccount web -n shop -o yaml
    kubectl get events -n shop --field-selector reason=FailedCreate

If kubectl finds the service account and kubectl irsa does not, compare the clusters that they use:

    kubectl config current-context`,
	},
	Run: func(s *subject.Subject) Outcome {
		switch {
		case s.Account.Known():
			return pass(s.Account.Source())
		case !s.Account.Absent():
			return gap(s.Account)
		case injectedEarlier(s):
			return skip(IRSA216)
		}
		out := Outcome{
			Result: Fail, Where: podWhere(s) + ", spec.serviceAccountName", Have: s.AccountName,
			Need:     "a service account of that name in namespace " + s.Pod.Namespace,
			Why:      "the API server rejects pods whose service account does not exist",
			Advice:   "create the service account with its role annotation, then recreate the pod",
			Evidence: []string{s.Account.Source()},
		}
		if create := createAccount(s); create != nil {
			out.Fix = append(create, recreate(s)...)
		}
		return out
	},
}
