package check

var irsa414 = Check{
	Code: "IRSA414", Class: Note, Link: LinkTrust, Gap: true,
	Title: "whether the trust policy allows it depends on what cannot be known from here",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA414") },
}
