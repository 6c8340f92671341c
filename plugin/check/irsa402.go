package check

var irsa402 = Check{
	Code: "IRSA402", Class: Breaks, Link: LinkTrust,
	Title: "the trust policy names another subject",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA402") },
}
