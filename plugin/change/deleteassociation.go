package change

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// DeleteAssociation deletes a Pod Identity association. New pods of its service account then get the
// role that is annotated, if one is.
type DeleteAssociation struct {
	Cluster                   string // the name of the EKS cluster
	AssociationID             string
	Namespace, ServiceAccount string
}

// Summary implements [Change].
func (c DeleteAssociation) Summary() string {
	return "delete the Pod Identity association of service account " + c.Namespace + "/" + c.ServiceAccount
}

// Commands implements [Change].
func (c DeleteAssociation) Commands() [][]string {
	return [][]string{{"aws", "eks", "delete-pod-identity-association", "--cluster-name", c.Cluster, "--association-id", c.AssociationID}}
}

// Diff implements [Change].
func (c DeleteAssociation) Diff(s *snapshot.Snapshot) (name, before, after string) {
	have := associationWith(s, c.AssociationID)
	if have.AssociationID == "" {
		return c.AssociationID, "", ""
	}
	return c.AssociationID, fields("namespace", have.Namespace, "serviceAccount", have.ServiceAccount, "roleArn", have.RoleArn), ""
}

// Done implements [Change].
func (c DeleteAssociation) Done() string { return c.Object().String() + " deleted" }

// Object implements [Change].
func (c DeleteAssociation) Object() Object { return associationOf(c.ServiceAccount) }

// Apply implements [Change].
func (c DeleteAssociation) Apply(d *snapshot.Draft) bool {
	if d.AWS == nil {
		return false
	}
	count := len(d.AWS.PodIdentityAssociations)
	d.AWS.PodIdentityAssociations = slices.DeleteFunc(slices.Clone(d.AWS.PodIdentityAssociations), func(a snapshot.PodIdentityAssociation) bool {
		return a.AssociationID == c.AssociationID && a.Namespace == c.Namespace && a.ServiceAccount == c.ServiceAccount
	})
	return len(d.AWS.PodIdentityAssociations) < count
}
