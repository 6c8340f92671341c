package change

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// CreateProvider creates the IAM OIDC provider of an issuer. IAM does not require a thumbprint
// (IAM API reference, CreateOpenIDConnectProvider).
type CreateProvider struct {
	Arn      string
	Issuer   string // a URL with its scheme
	ClientID string
}

// Summary implements [Change].
func (c CreateProvider) Summary() string {
	arn, _ := snapshot.ParseARN(c.Arn)
	return "create the OIDC provider for " + c.Issuer + " in account " + arn.Account
}

// Commands implements [Change].
func (c CreateProvider) Commands() [][]string {
	return [][]string{{"aws", "iam", "create-open-id-connect-provider", "--url", c.Issuer, "--client-id-list", c.ClientID}}
}

// Diff implements [Change].
func (c CreateProvider) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.Arn, "", fields("Url", c.Issuer) + clientIDs([]string{c.ClientID})
}

// Done implements [Change].
func (c CreateProvider) Done() string { return c.Object().String() + " created" }

// Object implements [Change].
func (c CreateProvider) Object() Object { return providerWith(c.Arn) }

// Apply implements [Change].
func (c CreateProvider) Apply(d *snapshot.Draft) bool {
	if d.AWS == nil {
		return false
	}
	d.AWS.OpenIDConnectProviders = append(d.AWS.OpenIDConnectProviders, snapshot.OpenIDConnectProvider{
		Arn: c.Arn, URL: strings.TrimPrefix(c.Issuer, "https://"), ClientIDList: []string{c.ClientID},
	})
	d.NotFound = slices.DeleteFunc(d.NotFound, func(m snapshot.Missing) bool { return m.Name == c.Arn })
	return true
}
