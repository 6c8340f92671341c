package change

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// CreateAssociation gives a service account a role by EKS Pod Identity.
type CreateAssociation struct {
	Cluster                   string // the name of the EKS cluster
	Namespace, ServiceAccount string
	RoleArn                   string
}

// Summary implements [Change].
func (c CreateAssociation) Summary() string {
	return "associate service account " + c.Namespace + "/" + c.ServiceAccount + " with role " + c.RoleArn
}

// Commands implements [Change].
func (c CreateAssociation) Commands() [][]string {
	return [][]string{{"aws", "eks", "create-pod-identity-association", "--cluster-name", c.Cluster,
		"--namespace", c.Namespace, "--service-account", c.ServiceAccount, "--role-arn", c.RoleArn}}
}

// Diff implements [Change].
func (c CreateAssociation) Diff(*snapshot.Snapshot) (name, before, after string) {
	return "pod identity association", "", fields("namespace", c.Namespace, "serviceAccount", c.ServiceAccount, "roleArn", c.RoleArn)
}

// Done implements [Change].
func (c CreateAssociation) Done() string { return c.Object().String() + " created" }

// Object implements [Change].
func (c CreateAssociation) Object() Object { return associationOf(c.ServiceAccount) }

// Apply implements [Change].
func (c CreateAssociation) Apply(d *snapshot.Draft) bool {
	if d.AWS == nil {
		return false
	}
	d.AWS.PodIdentityAssociations = append(slices.Clip(d.AWS.PodIdentityAssociations), snapshot.PodIdentityAssociation{
		ClusterName: c.Cluster, Namespace: c.Namespace, ServiceAccount: c.ServiceAccount, RoleArn: c.RoleArn, CreatedAt: d.TakenAt,
	})
	return true
}
