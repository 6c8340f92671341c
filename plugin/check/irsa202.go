package check

var irsa202 = Check{
	Code: "IRSA202", Class: Breaks, Link: LinkInjection,
	Title: "the pod identity webhook is not registered",
	Run:   func(s *Subject) Outcome { return s.notInjected.of("IRSA202") },
}
