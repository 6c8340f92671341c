package check

var irsa108 = Check{
	Code: "IRSA108", Class: Breaks, Link: LinkAccount,
	Title: "the role annotation is empty",
	Run:   func(s *Subject) Outcome { return s.unbound.of("IRSA108") },
}
