package check

var irsa203 = Check{
	Code: "IRSA203", Class: Breaks, Link: LinkInjection,
	Title: "the webhook passed the pod over",
	Run:   func(s *Subject) Outcome { return s.notInjected.of("IRSA203") },
}
