package check

var irsa101 = Check{
	Code: "IRSA101", Class: Breaks, Link: LinkAccount,
	Title: "the pod's service account does not exist",
	Run: func(s *Subject) Outcome {
		switch {
		case s.Account.Known():
			return pass(s.Account.Source())
		case !s.Account.Absent():
			return gap(s.Account)
		}
		return Outcome{
			Result: Fail, Where: s.podWhere() + ", spec.serviceAccountName", Have: s.AccountName, Need: "a service account of that name in namespace " + s.Pod.Namespace,
			Why:    "the kubelet cannot renew the token of a service account that is gone, and no new pod is admitted under it",
			Advice: "create the service account with its role annotation, then make the pod anew",
		}
	},
}
