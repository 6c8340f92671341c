package aws

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// errEmpty is an answer without what was asked for.
var errEmpty = errors.New("the answer is empty")

// EKSCluster reads a cluster. That this account and region have none of the name is no knowledge about the
// cluster, which exists: it is somewhere else.
func (r *Reader) EKSCluster(ctx context.Context, region, name string) fact.Fact[snapshot.EKSCluster] {
	return ask(ctx, r, "eks:DescribeCluster "+name, never, func(ctx context.Context) (snapshot.EKSCluster, error) {
		out, err := r.eks().DescribeCluster(ctx, &eks.DescribeClusterInput{Name: &name}, eksIn(region))
		if err != nil {
			return snapshot.EKSCluster{}, err
		}
		if out.Cluster == nil {
			return snapshot.EKSCluster{}, errEmpty
		}
		return clusterFrom(out.Cluster), nil
	})
}

// Clusters lists the names of the clusters of a region.
func (r *Reader) Clusters(ctx context.Context, region string) fact.Fact[[]string] {
	return ask(ctx, r, "eks:ListClusters", never, func(ctx context.Context) ([]string, error) {
		return pages(func(token *string) ([]string, more, error) {
			out, err := r.eks().ListClusters(ctx, &eks.ListClustersInput{NextToken: token}, eksIn(region))
			if err != nil {
				return nil, more{}, err
			}
			return out.Clusters, marked(false, out.NextToken), nil
		})
	})
}

// NoSuchCluster reports whether a reason is that EKS knows no cluster of the name.
func NoSuchCluster(reason string) bool { return strings.HasPrefix(reason, snapshot.NoSuchCluster) }

func clusterFrom(c *types.Cluster) snapshot.EKSCluster {
	cluster := snapshot.EKSCluster{Name: aws.ToString(c.Name), Arn: aws.ToString(c.Arn), Version: aws.ToString(c.Version), Endpoint: aws.ToString(c.Endpoint)}
	if c.Identity != nil && c.Identity.Oidc != nil {
		cluster.Identity = &snapshot.ClusterIdentity{OIDC: &snapshot.ClusterOIDC{Issuer: aws.ToString(c.Identity.Oidc.Issuer)}}
	}
	if c.OutpostConfig != nil {
		cluster.OutpostConfig = &snapshot.OutpostConfig{}
	}
	if c.CertificateAuthority != nil {
		cluster.CertificateAuthority = &snapshot.CertificateAuthority{Data: aws.ToString(c.CertificateAuthority.Data)}
	}
	if c.ResourcesVpcConfig != nil {
		cluster.ResourcesVpcConfig = &snapshot.ResourcesVpcConfig{VpcID: aws.ToString(c.ResourcesVpcConfig.VpcId)}
	}
	return cluster
}

// Associations lists the Pod Identity associations of a cluster, narrowed to a namespace and a service account
// where they are not empty. Their roles are not in the list: [Reader.Association] has them.
func (r *Reader) Associations(ctx context.Context, region, cluster, namespace, serviceAccount string) fact.Fact[[]snapshot.PodIdentityAssociation] {
	source := "eks:ListPodIdentityAssociations"
	if namespace != "" {
		source += " " + namespace + "/" + serviceAccount
	}
	// "Not found" is about the cluster here.
	return ask(ctx, r, source, never, func(ctx context.Context) ([]snapshot.PodIdentityAssociation, error) {
		return pages(func(token *string) ([]snapshot.PodIdentityAssociation, more, error) {
			in := &eks.ListPodIdentityAssociationsInput{ClusterName: &cluster, NextToken: token}
			if namespace != "" {
				in.Namespace = &namespace
			}
			if serviceAccount != "" {
				in.ServiceAccount = &serviceAccount
			}
			out, err := r.eks().ListPodIdentityAssociations(ctx, in, eksIn(region))
			if err != nil {
				return nil, more{}, err
			}
			found := each(out.Associations, func(a *types.PodIdentityAssociationSummary) snapshot.PodIdentityAssociation {
				return snapshot.PodIdentityAssociation{
					AssociationArn: aws.ToString(a.AssociationArn), AssociationID: aws.ToString(a.AssociationId), ClusterName: aws.ToString(a.ClusterName),
					Namespace: aws.ToString(a.Namespace), ServiceAccount: aws.ToString(a.ServiceAccount),
				}
			})
			return found, marked(false, out.NextToken), nil
		})
	})
}

// Association reads one Pod Identity association.
func (r *Reader) Association(ctx context.Context, region, cluster, id string) fact.Fact[snapshot.PodIdentityAssociation] {
	gone := func(err error) bool { return hasCode(err, "ResourceNotFoundException") }
	return ask(ctx, r, "eks:DescribePodIdentityAssociation "+id, gone, func(ctx context.Context) (snapshot.PodIdentityAssociation, error) {
		out, err := r.eks().DescribePodIdentityAssociation(ctx, &eks.DescribePodIdentityAssociationInput{ClusterName: &cluster, AssociationId: &id}, eksIn(region))
		if err != nil {
			return snapshot.PodIdentityAssociation{}, err
		}
		a := out.Association
		if a == nil {
			return snapshot.PodIdentityAssociation{}, errEmpty
		}
		return snapshot.PodIdentityAssociation{
			AssociationArn: aws.ToString(a.AssociationArn), AssociationID: aws.ToString(a.AssociationId), ClusterName: aws.ToString(a.ClusterName),
			Namespace: aws.ToString(a.Namespace), ServiceAccount: aws.ToString(a.ServiceAccount),
			RoleArn: aws.ToString(a.RoleArn), TargetRoleArn: aws.ToString(a.TargetRoleArn), ExternalID: aws.ToString(a.ExternalId),
			DisableSessionTags: aws.ToBool(a.DisableSessionTags), Policy: aws.ToString(a.Policy), CreatedAt: utc(a.CreatedAt),
		}, nil
	})
}

func eksIn(region string) func(*eks.Options) { return func(o *eks.Options) { o.Region = region } }
