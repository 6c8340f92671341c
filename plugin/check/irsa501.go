package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/change"

var irsa501 = Check{
	Code: "IRSA501", Class: Breaks, Link: LinkProvider,
	Title: "the role's account has no OIDC provider for the cluster's issuer",
	Run: func(s *Subject) Outcome {
		return s.eachRole(func(j *RoleJudgement) Outcome {
			switch {
			case j.Malformed != "":
				return skip("IRSA106")
			case j.Provider.Known():
				return pass(j.Provider.Source())
			case !j.Provider.Absent():
				return gap(j.Provider)
			}
			issuer, _ := s.Issuer.Get()
			return Outcome{
				Result: Fail, Where: "account " + j.ARN.Account, Have: "no OIDC provider for " + issuer, Need: j.ProviderARN,
				Why:      "STS looks for the token's issuer among the providers of the role's account",
				Fix:      []change.Change{change.CreateProvider{Arn: j.ProviderARN, Issuer: issuer, ClientID: j.Audience}},
				Evidence: []string{j.Provider.Source()},
			}
		})
	},
}
