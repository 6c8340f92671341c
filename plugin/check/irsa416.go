package check

var irsa416 = Check{
	Code: "IRSA416", Class: Breaks, Link: LinkTrust,
	Title: "a condition on the call or the role does not hold",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA416") },
}
