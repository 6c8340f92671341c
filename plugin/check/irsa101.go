package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa101 = Check{
	Code: IRSA101, Class: Breaks, Link: LinkAccount,
	Title: "the pod's service account does not exist",
	Doc: Doc{
		Means: `The pod names a service account in spec.serviceAccountName that is not in its namespace. Kubernetes admits no
new pod under it, so a workload stays without pods. A pod that was made while the service account was still
there goes on for a while: the kubelet renews the pod's token at 80 percent of its life, and for a service
account that is gone the API server refuses. When the token on disk has expired, at the latest a day after it
was written, every call to STS fails.`,
		Example: `The Deployment is in namespace shop, and the service account was made in another one:

    $ kubectl get deployment web -n shop -o jsonpath='{.spec.template.spec.serviceAccountName}'
    web
    $ kubectl get serviceaccount web -n shop
    Error from server (NotFound): serviceaccounts "web" not found

The ReplicaSet's events then say: error looking up service account shop/web.`,
		Fix: `Create the service account in the pod's namespace, with the role annotation if it is to have one:

    kubectl create serviceaccount web -n shop
    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web

The trust policy of the role names the namespace too: a service account of the same name in another namespace
has another subject. If a chart or a GitOps tool owns the service account, let that create it, or it goes
again at the next synchronization.`,
		Verify: `    kubectl get serviceaccount web -n shop -o yaml
    kubectl get events -n shop --field-selector reason=FailedCreate

If the first finds it and the tool does not, you may be looking at two clusters: compare kubectl config
current-context.`,
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
			Why:      "Kubernetes admits no pod under a service account that does not exist",
			Advice:   "create the service account with its role annotation, then make the pod anew",
			Evidence: []string{s.Account.Source()},
		}
		if create := createAccount(s); create != nil {
			out.Fix = append(create, recreate(s)...)
		}
		return out
	},
}
