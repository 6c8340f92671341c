package check

var irsa103 = Check{
	Code: "IRSA103", Class: Breaks, Link: LinkAccount,
	Title: "the pod runs under another service account than the bound one",
	Run:   func(s *Subject) Outcome { return s.unbound.of("IRSA103") },
}
