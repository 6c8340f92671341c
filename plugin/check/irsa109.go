package check

var irsa109 = Check{
	Code: "IRSA109", Class: Breaks, Link: LinkAccount,
	Title: "the role annotation was lost",
	Run:   func(s *Subject) Outcome { return s.unbound.of("IRSA109") },
}
