package change

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
)

// DeleteProvider takes the IAM OIDC provider of an issuer away. No role that trusts it can be taken any more.
type DeleteProvider struct{ Arn string }

// Summary implements [Change].
func (c DeleteProvider) Summary() string { return "delete the OIDC provider " + c.Arn }

// Commands implements [Change].
func (c DeleteProvider) Commands() [][]string {
	return [][]string{{"aws", "iam", "delete-open-id-connect-provider", "--open-id-connect-provider-arn", c.Arn}}
}

// Apply implements [Change].
func (c DeleteProvider) Apply(d *evidence.Draft) bool {
	if d.AWS == nil {
		return false
	}
	count := len(d.AWS.OpenIDConnectProviders)
	d.AWS.OpenIDConnectProviders = slices.DeleteFunc(slices.Clone(d.AWS.OpenIDConnectProviders), func(p evidence.OpenIDConnectProvider) bool {
		return p.Arn == c.Arn
	})
	arn, _ := evidence.ParseARN(c.Arn)
	d.NotFound = append(d.NotFound, evidence.Missing{Resource: "iam:GetOpenIDConnectProvider", Name: c.Arn, Account: arn.Account})
	return len(d.AWS.OpenIDConnectProviders) < count
}
