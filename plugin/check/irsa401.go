package check

var irsa401 = Check{
	Code: "IRSA401", Class: Breaks, Link: LinkTrust,
	Title: "no statement allows sts:AssumeRoleWithWebIdentity to an OIDC provider",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA401") },
}
