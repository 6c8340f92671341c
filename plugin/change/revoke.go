package change

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// Revoke is an edit of a trust policy that removes exactly one subject.
type Revoke struct {
	EditTrust
	Before  string // the document that the edit was made on
	Request trust.Request
}

// Diff implements [Change].
func (c Revoke) Diff(*snapshot.Snapshot) (name, before, after string) {
	before, after = readablePair(c.Before, c.Document)
	return c.RoleArn, before, after
}

// Done implements [Change].
func (c Revoke) Done() string {
	if c.Request.Principal().Type == trust.Federated {
		return c.Object().String() + " no longer trusts tokens of the service account"
	}
	return c.Object().String() + " no longer trusts EKS Pod Identity for the service account"
}

// Again makes the edit on another document. It returns the document unchanged where that does not allow the
// subject; the error is why there is no edit.
func (c Revoke) Again(document string) (string, error) {
	return again(document, func(p *trust.Policy) (trust.Edit, error) { return p.Revoke(c.Request) })
}
