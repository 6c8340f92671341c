package subject

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/partition"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// The variables that an SDK takes its region from.
const (
	Region        = "AWS_REGION"
	DefaultRegion = "AWS_DEFAULT_REGION"
)

// sts returns in which partitions the container's role and the endpoints of STS are that its variables lead to.
func (c *Container) sts() sdk.STS {
	s := sdk.STS{Region: c.Variables.partitionOfRegion(Region), DefaultRegion: c.Variables.partitionOfRegion(DefaultRegion)}
	if arn, ok := snapshot.ParseARN(c.RoleARN); ok {
		s.Role = arn.Partition
	}
	switch name := c.CustomSTS(); {
	case name != "":
		s.Endpoint = sdk.UnknownPartition
		if p, ok := partition.OfHost(endpointHost(c.Variables.Get(name).Value)); ok {
			s.Endpoint = p.ID
		}
	case c.Variables.maybe(StsEndpointURL) || c.Variables.maybe(EndpointURL):
		s.Endpoint = sdk.UnknownPartition
	}
	return s
}

// partitionOfRegion is the partition of the region that a variable names; empty where it is not set.
func (v Variables) partitionOfRegion(name string) string {
	variable := v.Get(name)
	if variable.Presence == inject.Unset || variable.Known && variable.Value == "" {
		return ""
	}
	if p, ok := partition.OfRegion(variable.Value); ok && variable.Known {
		return p.ID
	}
	return sdk.UnknownPartition
}

// ReaderPartition is the partition of the AWS credentials that the snapshot was read with: those that read an EKS cluster are
// of its partition. It is empty where that is unknown.
func (s *Seen) ReaderPartition() string {
	if eks, ok := s.Snapshot.EKSCluster().Get(); ok {
		if arn, ok := snapshot.ParseARN(eks.Arn); ok {
			return arn.Partition
		}
	}
	p, _ := partition.OfRegion(s.Snapshot.Cluster().Region)
	return p.ID
}
