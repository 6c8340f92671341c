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

// Diff implements [Change].
func (c EditTrust) Diff(s *snapshot.Snapshot) (name, before, after string) {
	role, _ := s.Role(c.RoleArn).Get()
	return c.RoleArn, readable(string(role.AssumeRolePolicyDocument)), readable(c.Document)
}

// Done implements [Change].
func (c EditTrust) Done() string { return c.Object().String() + " trust policy updated" }

// Object implements [Change].
func (c EditTrust) Object() Object { return roleWith(c.RoleArn) }

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

func roleWith(arn string) Object {
	parsed, _ := snapshot.ParseARN(arn)
	return Object{Kind: "role", Name: parsed.RoleName(), InAWS: true, ARN: arn}
}

func providerWith(arn string) Object {
	parsed, _ := snapshot.ParseARN(arn)
	return Object{Kind: "openidconnectprovider", Name: strings.TrimPrefix(parsed.Resource, "oidc-provider/"), InAWS: true, ARN: arn}
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
