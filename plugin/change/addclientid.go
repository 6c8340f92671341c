package change

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// AddClientID adds an audience to an OIDC provider's client IDs.
type AddClientID struct {
	Arn      string
	ClientID string
}

// Summary implements [Change].
func (c AddClientID) Summary() string {
	return "add " + c.ClientID + " to the client IDs of the OIDC provider"
}

// Commands implements [Change].
func (c AddClientID) Commands() [][]string {
	return [][]string{{"aws", "iam", "add-client-id-to-open-id-connect-provider", "--open-id-connect-provider-arn", c.Arn, "--client-id", c.ClientID}}
}

// Diff implements [Change].
func (c AddClientID) Diff(s *snapshot.Snapshot) (name, before, after string) {
	provider, _ := s.OpenIDConnectProvider(c.Arn).Get()
	return c.Arn, clientIDs(provider.ClientIDList), clientIDs(append(slices.Clip(provider.ClientIDList), c.ClientID))
}

// Done implements [Change].
func (c AddClientID) Done() string { return c.Object().String() + " extended" }

// Object implements [Change].
func (c AddClientID) Object() Object { return providerWith(c.Arn) }

// Apply implements [Change].
func (c AddClientID) Apply(d *snapshot.Draft) bool {
	provider, ok := d.EditProvider(c.Arn)
	if ok {
		provider.ClientIDList = append(slices.Clip(provider.ClientIDList), c.ClientID)
	}
	return ok
}
