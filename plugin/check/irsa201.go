package check

var irsa201 = Check{
	Code: "IRSA201", Class: Breaks, Link: LinkInjection,
	Title: "the pod is older than its role annotation",
	Run:   func(s *Subject) Outcome { return s.notInjected.of("IRSA201") },
}
