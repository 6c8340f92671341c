package snapshot

import "github.com/kubectl-irsa/kubectl-irsa/plugin/partition"

// PartitionOf is the partition that a region belongs to; the commercial one where the region is none that AWS is known to have.
func PartitionOf(region string) string {
	if p, ok := partition.OfRegion(region); ok {
		return p.ID
	}
	return "aws"
}
