package subject

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// AgreedProvider finds an OIDC provider in the role's account, for another issuer than the cluster's, with which the
// role's trust policy allows the pod's service account. What is left to change is then the cluster's issuer: the API
// servers of a cluster that has moved to a public issuer were not restarted. The issuer of EKS cannot be changed.
func (s *Subject) AgreedProvider(j *RoleJudgement) (snapshot.OpenIDConnectProvider, bool) {
	aws, issuer := s.Snapshot.AWS(), ProviderIssuer(j.ProviderARN)
	if aws == nil || j.Policy == nil || snapshot.IsEKSIssuer(issuer) {
		return snapshot.OpenIDConnectProvider{}, false
	}
	trusted := j.Policy.Principals()
	for _, p := range aws.OpenIDConnectProviders {
		arn, ok := snapshot.ParseARN(p.Arn)
		its := ProviderIssuer(p.Arn)
		switch {
		case !ok, arn.Account != j.ARN.Account, its == issuer, snapshot.IsEKSIssuer(its):
			continue
		case !slices.Contains(trusted, trust.Principal{Type: trust.Federated, ID: p.Arn}):
			continue
		}
		for _, audience := range append([]string{j.Audience}, p.ClientIDList...) {
			request := trust.WebIdentity(trust.WebIdentityRequest{
				Issuer: its, Subject: s.TokenSubject(), Audiences: []string{audience}, RoleARN: j.ARN.String(), Time: s.Snapshot.TakenAt(),
			})
			if j.Policy.Verdict(request).MayAllow() {
				return p, true
			}
		}
	}
	return snapshot.OpenIDConnectProvider{}, false
}
