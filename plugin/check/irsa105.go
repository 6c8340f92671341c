package check

var irsa105 = Check{
	Code: "IRSA105", Class: Breaks, Link: LinkAccount,
	Title: "only a legacy kube2iam or kiam annotation names a role",
	Run:   func(s *Subject) Outcome { return s.unbound.of("IRSA105") },
}
