package check

var irsa409 = Check{
	Code: "IRSA409", Class: Breaks, Link: LinkTrust,
	Title: "a condition tests a key that a web identity request does not carry",
	Run:   func(s *Subject) Outcome { return s.trustOutcome("IRSA409") },
}
