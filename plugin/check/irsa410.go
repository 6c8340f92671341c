package check

var irsa410 = Check{
	Code: "IRSA410", Class: Breaks, Link: LinkTrust,
	Title: "IAM would not accept the trust policy",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA410") },
}
