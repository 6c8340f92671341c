package check

var irsa104 = Check{
	Code: "IRSA104", Class: Breaks, Link: LinkAccount,
	Title: "the role annotation stands on the pod, where nothing reads it",
	Run:   func(s *Subject) Outcome { return s.unbound.of("IRSA104") },
}
