package check

var irsa408 = Check{
	Code: "IRSA408", Class: Breaks, Link: LinkTrust,
	Title: "a Deny in the trust policy matches",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA408") },
}
