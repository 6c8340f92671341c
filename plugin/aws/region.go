package aws

import (
	"cmp"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/partition"
)

// homeRegion is the region to read a global service of a partition by. IAM is one service for all regions of a partition, and
// the SDK finds its address by a region.
func (r *Reader) homeRegion(id string) string {
	home, _ := partition.ByID(id)
	standard, _ := partition.ByID("aws")
	return cmp.Or(r.config.Region, home.Home, standard.Home)
}
