package collect

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/near"
)

// fewClusters are as many as a reason lists.
const fewClusters = 8

// A clustersQuestion asks for the names of the clusters of a region. It is only asked where the name of this one is wrong.
type clustersQuestion struct{ region string }

func (q clustersQuestion) find(ctx context.Context, c *collector) fact.Fact[[]string] {
	return request(c, func() fact.Fact[[]string] { return c.account.Clusters(ctx, q.region) })
}

// otherClusters says which name of a cluster was meant by one that EKS does not know, or which there are; empty if that is not
// what the reason says, or if the clusters may not be listed.
func (c *collector) otherClusters(ctx context.Context, reason string) string {
	region := cmp.Or(c.toldRegion(ctx), c.account.Region()) // without the issuerQuestion, which may ask for the cluster
	if !aws.NoSuchCluster(reason) || region == "" {
		return ""
	}
	names, ok := ask(ctx, c, clustersQuestion{region}).Get()
	switch near, found := near.To(c.request.Cluster.Name, names); {
	case !ok || slices.Contains(names, c.request.Cluster.Name):
		return ""
	case found:
		return fmt.Sprintf("did you mean %q?", near)
	case len(names) == 0:
		return "this account has no cluster in " + region
	case len(names) > fewClusters:
		return fmt.Sprintf("it is none of the %d clusters of this account in %s", len(names), region)
	default:
		slices.Sort(names)
		return "this account has in " + region + " " + strings.Join(names, ", ")
	}
}
