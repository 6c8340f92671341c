package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// providerKnown is the outcome of a check that is about a provider that does not exist, where it does or where
// that is unknown.
func providerKnown(j *subject.RoleJudgement) Outcome {
	switch {
	case j.Malformed != "":
		return skip(IRSA106)
	case j.Provider.Known():
		return pass(j.Provider.Source())
	case !j.Provider.Absent():
		return gap(j.Provider)
	default:
		return Outcome{}
	}
}

// createProvider is a finding whose fix is to create the provider.
func createProvider(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	return Outcome{
		Result: Fail, Where: "account " + j.ARN.Account + ", IAM OIDC providers",
		Fix:      []change.Change{change.CreateProvider{Arn: j.ProviderARN, Issuer: issuerURL(s), ClientID: j.Audience}},
		Evidence: []string{j.Provider.Source()},
	}
}

// withoutProvider is the code that reports that there is no provider for the issuer.
func withoutProvider(s *subject.Subject, j *subject.RoleJudgement) Code {
	if _, near := s.NearMiss(j); near {
		return IRSA503
	}
	return IRSA501
}
