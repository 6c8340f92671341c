package check

var irsa407 = Check{
	Code: "IRSA407", Class: Breaks, Link: LinkTrust,
	Title: "the trust policy names another OIDC provider",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA407") },
}
