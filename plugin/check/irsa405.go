package check

var irsa405 = Check{
	Code: "IRSA405", Class: Breaks, Link: LinkTrust,
	Title: "a condition key of the trust policy is malformed",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA405") },
}
