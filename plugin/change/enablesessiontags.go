package change

import (
	"strconv"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// EnableSessionTags enables the session tags of a Pod Identity association that disables them.
type EnableSessionTags struct {
	Cluster        string // the name of the EKS cluster
	AssociationID  string
	ServiceAccount string
}

// Summary implements [Change].
func (c EnableSessionTags) Summary() string {
	return "enable the session tags of association " + c.AssociationID + " (disableSessionTags false)"
}

// Commands implements [Change].
func (c EnableSessionTags) Commands() [][]string {
	return [][]string{{"aws", "eks", "update-pod-identity-association", "--cluster-name", c.Cluster,
		"--association-id", c.AssociationID, "--no-disable-session-tags"}}
}

// Diff implements [Change].
func (c EnableSessionTags) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.AssociationID, fields("disableSessionTags", strconv.FormatBool(associationWith(s, c.AssociationID).DisableSessionTags)), fields("disableSessionTags", "false")
}

// Done implements [Change].
func (c EnableSessionTags) Done() string { return c.Object().String() + " updated" }

// Object implements [Change].
func (c EnableSessionTags) Object() Object { return associationOf(c.ServiceAccount) }

// Apply implements [Change].
func (c EnableSessionTags) Apply(d *snapshot.Draft) bool {
	return editAssociation(d, c.AssociationID, func(a *snapshot.PodIdentityAssociation) { a.DisableSessionTags = false })
}
