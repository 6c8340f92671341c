package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
)

var irsa502 = Check{
	Code: "IRSA502", Class: Breaks, Link: LinkProvider,
	Title: "the OIDC provider's client IDs lack the token's audience",
	Run: func(s *Subject) Outcome {
		return s.eachRole(func(j *RoleJudgement) Outcome {
			provider, known := j.Provider.Get()
			switch {
			case j.Malformed != "":
				return skip("IRSA106")
			case j.Provider.Absent():
				return skip("IRSA501")
			case !known:
				return gap(j.Provider)
			case slices.Contains(provider.ClientIDList, j.Audience):
				return pass(j.Provider.Source())
			}
			return Outcome{
				Result: Fail, Where: "OIDC provider " + j.ProviderARN + ", client IDs", Have: strings.Join(provider.ClientIDList, ", "), Need: j.Audience,
				Why:      "STS takes a token only if its audience is one of the provider's client IDs; this is before the trust policy",
				Fix:      []change.Change{change.AddClientID{Arn: j.ProviderARN, ClientID: j.Audience}},
				Evidence: []string{j.Provider.Source()},
			}
		})
	},
}
