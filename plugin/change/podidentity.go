package change

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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

// associationOf is the association of a service account. It is in the cluster's account, and so needs no ARN.
func associationOf(serviceAccount string) Object {
	return Object{Kind: "podidentityassociation", Name: serviceAccount, InAWS: true}
}

// associationWith returns the association with an ID, zero if the snapshot holds none.
func associationWith(s *snapshot.Snapshot, id string) snapshot.PodIdentityAssociation {
	if s.AWS() != nil {
		for _, a := range s.AWS().PodIdentityAssociations {
			if a.AssociationID == id {
				return a
			}
		}
	}
	return snapshot.PodIdentityAssociation{}
}

// DeleteAssociation takes a Pod Identity association away. New pods of its service account then get the
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

// InstallAgent installs the Pod Identity agent's add-on, which runs an agent on every Linux node of EC2.
type InstallAgent struct {
	Cluster string // the name of the EKS cluster
	Node    string // the node on which the agent is missed
}

// Summary implements [Change].
func (c InstallAgent) Summary() string {
	return "install the add-on " + snapshot.AgentName + " in cluster " + c.Cluster
}

// Commands implements [Change].
func (c InstallAgent) Commands() [][]string {
	return [][]string{{"aws", "eks", "create-addon", "--cluster-name", c.Cluster, "--addon-name", snapshot.AgentName}}
}

// Diff implements [Change].
func (c InstallAgent) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.Object().String(), "", fields("clusterName", c.Cluster, "addonName", snapshot.AgentName)
}

// Done implements [Change].
func (c InstallAgent) Done() string { return c.Object().String() + " created" }

// Object implements [Change].
func (c InstallAgent) Object() Object {
	return Object{Kind: "addon", Name: snapshot.AgentName, InAWS: true}
}

// Apply implements [Change].
func (c InstallAgent) Apply(d *snapshot.Draft) bool {
	missing := snapshot.AgentMissing(c.Node)
	d.NotFound = slices.DeleteFunc(d.NotFound, func(m snapshot.Missing) bool { return m.Name == missing })
	d.Put(&corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: snapshot.AgentNamespace, Name: missing,
			Labels: map[string]string{snapshot.AgentLabel: snapshot.AgentName}, CreationTimestamp: metav1.NewTime(d.TakenAt),
		},
		Spec:   corev1.PodSpec{NodeName: c.Node, HostNetwork: true, ServiceAccountName: snapshot.AgentName},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}},
	})
	return true
}
