package change

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// Grant is an edit of a trust policy that allows one subject. It carries the request, so that the edit can be made
// again on what the policy has become in the meantime.
type Grant struct {
	EditTrust
	Before  string // the document that the edit was made on
	Request trust.Request
}

// Diff implements [Change].
func (c Grant) Diff(*snapshot.Snapshot) (name, before, after string) {
	before, after = readablePair(c.Before, c.Document)
	return c.RoleArn, before, after
}

// Done implements [Change].
func (c Grant) Done() string { return c.Object().String() + " trusts the service account" }

// Again makes the edit on another document. It returns the document unchanged where that allows the subject
// already; the error is why there is no edit.
func (c Grant) Again(document string) (string, error) {
	return again(document, func(p *trust.Policy) (trust.Edit, error) { return p.Grant(c.Request) })
}
