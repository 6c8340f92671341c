package change

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// EditTrust replaces a role's trust policy. What says in words what the edit does.
type EditTrust struct {
	RoleArn  string
	What     string
	Document string
}

// Summary implements [Change].
func (c EditTrust) Summary() string { return c.What }

// Commands implements [Change].
func (c EditTrust) Commands() [][]string {
	arn, _ := snapshot.ParseARN(c.RoleArn)
	return [][]string{{"aws", "iam", "update-assume-role-policy", "--role-name", arn.RoleName(), "--policy-document", singleLine(c.Document)}}
}

// Apply implements [Change].
func (c EditTrust) Apply(d *snapshot.Draft) bool {
	role, ok := d.EditRole(c.RoleArn)
	if ok {
		role.AssumeRolePolicyDocument = snapshot.PolicyDocument(c.Document)
	}
	return ok
}

// CreateProvider makes the IAM OIDC provider of an issuer. IAM needs no thumbprint for it
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

// Apply implements [Change].
func (c AddClientID) Apply(d *snapshot.Draft) bool {
	provider, ok := d.EditProvider(c.Arn)
	if ok {
		provider.ClientIDList = append(slices.Clip(provider.ClientIDList), c.ClientID)
	}
	return ok
}

// singleLine returns a JSON text without the white space between its parts, everything else as it is; a
// text that is no JSON is returned unchanged.
func singleLine(document string) string {
	var out bytes.Buffer
	if json.Compact(&out, []byte(document)) != nil {
		return document
	}
	return out.String()
}
