package check

var irsa403 = Check{
	Code: "IRSA403", Class: Breaks, Link: LinkTrust,
	Title: "a wildcard stands under an operator that takes it literally",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA403") },
}
