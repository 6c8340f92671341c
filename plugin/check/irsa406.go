package check

var irsa406 = Check{
	Code: "IRSA406", Class: Breaks, Link: LinkTrust,
	Title: "the trust policy's condition keys are another issuer's",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA406") },
}
