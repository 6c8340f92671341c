package change

import "github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"

// UpdateAssociation gives a Pod Identity association another role.
type UpdateAssociation struct {
	Cluster                   string // the name of the EKS cluster
	AssociationID             string
	Namespace, ServiceAccount string
	RoleArn                   string
}

// Summary implements [Change].
func (c UpdateAssociation) Summary() string {
	return "set the role of the Pod Identity association of service account " + c.Namespace + "/" + c.ServiceAccount + " to " + c.RoleArn
}

// Commands implements [Change].
func (c UpdateAssociation) Commands() [][]string {
	return [][]string{{"aws", "eks", "update-pod-identity-association", "--cluster-name", c.Cluster,
		"--association-id", c.AssociationID, "--role-arn", c.RoleArn}}
}

// Diff implements [Change].
func (c UpdateAssociation) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.AssociationID, fields("roleArn", associationWith(s, c.AssociationID).RoleArn), fields("roleArn", c.RoleArn)
}

// Done implements [Change].
func (c UpdateAssociation) Done() string { return c.Object().String() + " updated" }

// Object implements [Change].
func (c UpdateAssociation) Object() Object { return associationOf(c.ServiceAccount) }

// Apply implements [Change].
func (c UpdateAssociation) Apply(d *snapshot.Draft) bool {
	return editAssociation(d, c.AssociationID, func(a *snapshot.PodIdentityAssociation) { a.RoleArn = c.RoleArn })
}
