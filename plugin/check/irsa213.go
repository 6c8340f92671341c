package check

var irsa213 = Check{
	Code: "IRSA213", Class: Breaks, Link: LinkInjection,
	Title: "the webhook is registered and cannot answer",
	Run:   func(s *Subject) Outcome { return s.notInjected.of("IRSA213") },
}
