package snapshot

import (
	"cmp"
	"slices"
)

// ofEKS are the operations that find the cluster by its name.
var ofEKS = []string{"eks:DescribeCluster", "eks:ListPodIdentityAssociations", "eks:DescribePodIdentityAssociation", "ec2:DescribeVpcEndpoints"}

// OfOneCluster returns the snapshot without what AWS says about another cluster than its own, which is then unknown with
// the reason: an answer that used it would be about two clusters. The warnings name both. What was read at once is of one
// cluster already; a file that was put together by hand need not be.
func (s *Snapshot) OfOneCluster() (own *Snapshot, warnings []string) {
	d := s.Document()
	if d.AWS == nil {
		return s, nil
	}
	aws := *d.AWS
	if eks := aws.EKSCluster; eks != nil {
		if match, text := Compare(d.Cluster, *eks); match == Differs {
			warnings = append(warnings, text+": the data of the EKS cluster from AWS is ignored")
			aws.EKSCluster, aws.PodIdentityAssociations, aws.VPCEndpoints = nil, nil, nil
			d.forget(text)
		}
	}
	name := d.Cluster.Name
	if aws.EKSCluster != nil {
		name = cmp.Or(name, aws.EKSCluster.Name)
	}
	aws.PodIdentityAssociations = slices.Clone(aws.PodIdentityAssociations)
	aws.PodIdentityAssociations = slices.DeleteFunc(aws.PodIdentityAssociations, func(a PodIdentityAssociation) bool {
		foreign := name != "" && a.ClusterName != "" && a.ClusterName != name
		if foreign {
			warnings = append(warnings, "association "+a.AssociationID+" is of cluster "+a.ClusterName+", and the cluster is "+name+": it is ignored")
		}
		return foreign
	})
	if len(warnings) == 0 {
		return s, nil
	}
	d.AWS = &aws
	return New(d), warnings
}

// forget makes what EKS was asked about the cluster unknown.
func (d *Document) forget(why string) {
	about := func(m Missing) bool { return slices.Contains(ofEKS, m.Resource) }
	d.NotFound = slices.DeleteFunc(slices.Clone(d.NotFound), about)
	d.NotAsked = slices.DeleteFunc(slices.Clone(d.NotAsked), about)
	d.Unreadable = slices.DeleteFunc(slices.Clone(d.Unreadable), about)
	for _, resource := range ofEKS {
		d.NotAsked = append(d.NotAsked, Missing{Resource: resource, Error: why})
	}
}
