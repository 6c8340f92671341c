package aws

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/eks"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// CreateAssociation gives a service account a role by EKS Pod Identity. The same association made in between is no
// error, another one is.
func (w *Writer) CreateAssociation(ctx context.Context, region string, a snapshot.PodIdentityAssociation) error {
	var made error
	what := "eks:CreatePodIdentityAssociation " + a.Namespace + "/" + a.ServiceAccount
	err := w.do(ctx, what, func(ctx context.Context) error {
		_, made = w.reader.eks().CreatePodIdentityAssociation(ctx, &eks.CreatePodIdentityAssociationInput{
			ClusterName: &a.ClusterName, Namespace: &a.Namespace, ServiceAccount: &a.ServiceAccount, RoleArn: &a.RoleArn,
		}, eksIn(region))
		return made
	})
	if !exists(made) {
		return err
	}
	list, ok := w.reader.Associations(ctx, region, a.ClusterName, a.Namespace, a.ServiceAccount).Get()
	if !ok || len(list) == 0 {
		return err
	}
	found, ok := w.reader.Association(ctx, region, a.ClusterName, list[0].AssociationID).Get()
	if !ok || found.RoleArn != a.RoleArn {
		return fmt.Errorf("%s: association %s with role %s was created after the plan was made", what, list[0].AssociationID, found.RoleArn)
	}
	return nil
}

// UpdateAssociation gives an association another role.
func (w *Writer) UpdateAssociation(ctx context.Context, region, cluster, id, roleARN string) error {
	return w.do(ctx, "eks:UpdatePodIdentityAssociation "+id, func(ctx context.Context) error {
		_, err := w.reader.eks().UpdatePodIdentityAssociation(ctx, &eks.UpdatePodIdentityAssociationInput{ClusterName: &cluster, AssociationId: &id, RoleArn: &roleARN}, eksIn(region))
		return err
	})
}

// DeleteAssociation deletes an association; it is not an error if it does not exist.
func (w *Writer) DeleteAssociation(ctx context.Context, region, cluster, id string) error {
	err := w.do(ctx, "eks:DeletePodIdentityAssociation "+id, func(ctx context.Context) error {
		_, err := w.reader.eks().DeletePodIdentityAssociation(ctx, &eks.DeletePodIdentityAssociationInput{ClusterName: &cluster, AssociationId: &id}, eksIn(region))
		return err
	})
	return unlessGone(err)
}
