package change

import "github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"

// BindByHand is `kubectl irsa bind` with a role that only the reader knows: ROLE stands for its name or ARN. What describes
// when to do it. The outcome depends on that role.
type BindByHand struct{ Namespace, ServiceAccount, What string }

// Summary implements [Change].
func (c BindByHand) Summary() string { return c.What }

// Commands implements [Change].
func (c BindByHand) Commands() [][]string {
	return [][]string{{"kubectl", "irsa", "bind", c.Namespace + "/" + c.ServiceAccount, "ROLE"}}
}

// Diff implements [Change].
func (c BindByHand) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.Object().String(), "", ""
}

// Done implements [Change].
func (c BindByHand) Done() string { return c.Object().String() + " bound" }

// Object implements [Change].
func (c BindByHand) Object() Object { return Object{Kind: "serviceaccount", Name: c.ServiceAccount} }

// Apply implements [Change].
func (c BindByHand) Apply(*snapshot.Draft) bool { return false }
