package check

var irsa404 = Check{
	Code: "IRSA404", Class: Breaks, Link: LinkTrust,
	Title: "the trust policy asks for another audience than the token's",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA404") },
}
