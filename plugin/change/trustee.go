package change

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// Grant is an edit of a trust policy that lets one subject in. It carries the request, so that the edit can be made
// anew on what the policy has become in the meantime.
type Grant struct {
	EditTrust
	Before  string // the document that the edit was made on
	Request trust.Request
}

// Diff implements [Change].
func (c Grant) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.RoleArn, readable(c.Before), readable(c.Document)
}

// Done implements [Change].
func (c Grant) Done() string { return c.Object().String() + " trusts the service account" }

// Again makes the edit on another document. It returns the document unchanged where that lets the subject in
// already; the error says why there is no edit.
func (c Grant) Again(document string) (string, error) {
	return again(document, func(p *trust.Policy) (trust.Edit, error) { return p.Grant(c.Request) })
}

// Revoke is an edit of a trust policy that takes exactly one subject out.
type Revoke struct {
	EditTrust
	Before  string // the document that the edit was made on
	Request trust.Request
}

// Diff implements [Change].
func (c Revoke) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.RoleArn, readable(c.Before), readable(c.Document)
}

// Done implements [Change].
func (c Revoke) Done() string {
	return c.Object().String() + " does not trust the service account any more"
}

// Again makes the edit on another document. It returns the document unchanged where that does not let the subject
// in; the error says why there is no edit.
func (c Revoke) Again(document string) (string, error) {
	return again(document, func(p *trust.Policy) (trust.Edit, error) { return p.Revoke(c.Request) })
}

func again(document string, edit func(*trust.Policy) (trust.Edit, error)) (string, error) {
	policy, err := trust.Parse([]byte(document))
	if err != nil {
		return "", fmt.Errorf("trust policy: %w", err)
	}
	made, err := edit(policy)
	if err != nil {
		return "", fmt.Errorf("trust policy: %w", err)
	}
	if made.Summary == "" {
		return document, nil
	}
	return string(made.Document), nil
}
