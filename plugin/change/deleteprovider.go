package change

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// DeleteProvider deletes the IAM OIDC provider of an issuer. After that no pod can assume a role that trusts it.
type DeleteProvider struct{ Arn string }

// Summary implements [Change].
func (c DeleteProvider) Summary() string { return "delete the OIDC provider " + c.Arn }

// Commands implements [Change].
func (c DeleteProvider) Commands() [][]string {
	return [][]string{{"aws", "iam", "delete-open-id-connect-provider", "--open-id-connect-provider-arn", c.Arn}}
}

// Diff implements [Change].
func (c DeleteProvider) Diff(s *snapshot.Snapshot) (name, before, after string) {
	provider, _ := s.OpenIDConnectProvider(c.Arn).Get()
	return c.Arn, fields("Url", provider.URL) + clientIDs(provider.ClientIDList), ""
}

// Done implements [Change].
func (c DeleteProvider) Done() string { return c.Object().String() + " deleted" }

// Object implements [Change].
func (c DeleteProvider) Object() Object { return providerWith(c.Arn) }

// Apply implements [Change].
func (c DeleteProvider) Apply(d *snapshot.Draft) bool {
	if d.AWS == nil {
		return false
	}
	count := len(d.AWS.OpenIDConnectProviders)
	d.AWS.OpenIDConnectProviders = slices.DeleteFunc(slices.Clone(d.AWS.OpenIDConnectProviders), func(p snapshot.OpenIDConnectProvider) bool {
		return p.Arn == c.Arn
	})
	arn, _ := snapshot.ParseARN(c.Arn)
	d.NotFound = append(d.NotFound, snapshot.Missing{Resource: "iam:GetOpenIDConnectProvider", Name: c.Arn, Account: arn.Account})
	return len(d.AWS.OpenIDConnectProviders) < count
}
