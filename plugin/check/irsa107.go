package check

var irsa107 = Check{
	Code: "IRSA107", Class: Breaks, Link: LinkAccount,
	Title: "the role annotation's key is misspelled",
	Run:   func(s *Subject) Outcome { return s.unbound.of("IRSA107") },
}
