package check

var irsa214 = Check{
	Code: "IRSA214", Class: Breaks, Link: LinkInjection,
	Title: "the webhook's selectors exclude the pod",
	Run:   func(s *Subject) Outcome { return s.notInjected.of("IRSA214") },
}
