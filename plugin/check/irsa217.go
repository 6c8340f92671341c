package check

var irsa217 = Check{
	Code: "IRSA217", Class: Breaks, Link: LinkInjection,
	Title: "nothing was injected, and why is not recorded",
	Run:   func(s *Subject) Outcome { return s.notInjected.of("IRSA217") },
}
