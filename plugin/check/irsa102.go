package check

var irsa102 = Check{
	Code: "IRSA102", Class: Note, Link: LinkAccount,
	Title: "nothing gives the pod a role",
	Run:   func(s *Subject) Outcome { return s.unbound.of("IRSA102") },
}
