package check

var irsa415 = Check{
	Code: "IRSA415", Class: Breaks, Link: LinkTrust,
	Title: "the subject is longer than STS takes",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA415") },
}
