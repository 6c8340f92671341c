package bind

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// guardPlace refuses to change an account unless the cluster's account, that of the AWS credentials and the role's fit
// together: a role of the same name may exist in each, and nobody who wrote to the wrong one would notice.
func (p *planner) guardPlace(roleARN string) error {
	if p.request.offered {
		return nil
	}
	home, caller := p.snapshot.Home(), p.plan.Place.Caller
	role, ok := snapshot.ParseARN(roleARN)
	if !ok { // an annotation that names no role: no account is changed
		return nil
	}
	if err := p.guardPartition(role); err != nil {
		return err
	}
	switch {
	case home.Doubt != "":
		return refusef("%s", home.Doubt)
	case caller == "":
		gap, _ := p.snapshot.CallerAccount().Gap()
		return refusef("the account of the AWS credentials is unknown: %s: %s", gap.What, gap.Reason)
	case p.request.mechanism() == inject.PodIdentity && home.Account != "" && role.Account != home.Account:
		return refusef("EKS Pod Identity needs a role of the cluster's account %s, and this one is in %s: "+
			"bind a role there that may assume it, or use IRSA", home.Account, role.Account)
	case role.Account != caller && (!p.request.CrossAccount || p.request.WriterRole == "" && !p.request.Export):
		return p.refuseOther(roleARN, role.Account, home)
	case p.request.CrossAccount:
		return nil
	case home.Account == "" && home.NotHere != "":
		return refusef("role %s is in the account of these AWS credentials, which has no EKS cluster %s (%s): name the cluster with --eks-cluster, or use --cross-account if the cluster is in another account",
			roleARN, p.snapshot.Cluster().Name, home.NotHere)
	case home.Account != "" && role.Account != home.Account:
		return refusef("role %s is in account %s, and the cluster is in account %s: use credentials and a role of the cluster's account, or --cross-account if this role is meant",
			roleARN, role.Account, home.Account)
	default:
		return nil
	}
}

// refuseOther refuses a role of another account than that of the AWS credentials.
func (p *planner) refuseOther(roleARN, account string, home snapshot.Home) error {
	caller := p.plan.Place.Caller
	if home.Account == caller {
		return refusef("role %s is in account %s, but the cluster and these AWS credentials are in account %s: use --cross-account, and --writer-role with a role in account %s that makes the changes there",
			roleARN, account, caller, account)
	}
	return refusef("role %s is in account %s, but these AWS credentials are of account %s: use credentials of account %s (--aws-profile), or --cross-account, and --writer-role with a role there that makes the changes",
		roleARN, account, caller, account)
}

// guardPartition refuses a role of another partition: neither credentials nor tokens cross it (IAM User Guide, "Amazon Resource
// Names": partitions).
func (p *planner) guardPartition(role snapshot.ARN) error {
	if region := p.snapshot.Cluster().Region; region != "" && snapshot.PartitionOf(region) != role.Partition {
		return refusef("role %s is in partition %s, and the cluster is in region %s of partition %s", role, role.Partition, region, snapshot.PartitionOf(region))
	}
	if caller, ok := snapshot.ParseARN(p.plan.Place.CallerARN); ok && caller.Partition != role.Partition {
		return refusef("role %s is in partition %s, and these AWS credentials are of partition %s", role, role.Partition, caller.Partition)
	}
	return nil
}

// guardAssociation refuses to change associations of a cluster that may be another than the one that was read: EKS finds it by its
// name, in the account of the AWS credentials.
func (p *planner) guardAssociation() error {
	home, cluster := p.snapshot.Home(), p.snapshot.Cluster()
	switch {
	case p.request.offered || home.Described:
		return nil
	case home.Doubt != "":
		return refusef("%s", home.Doubt)
	default:
		why := "EKS does not describe it"
		if gap, ok := p.snapshot.EKSCluster().Gap(); ok {
			why = gap.What + ": " + gap.Reason
		}
		return refusef("whether EKS cluster %s is the cluster that was read is unknown: %s", cluster.Name, why)
	}
}
