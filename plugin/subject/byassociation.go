package subject

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// An AssociationFit says whether EKS Pod Identity could give the pod a role that it requests with a web identity.
type AssociationFit struct {
	Made       bool            // the role's trust policy is for EKS Pod Identity alone, and allows it for this pod
	Impossible Impossibility   // why EKS Pod Identity does not work where the pod runs
	Agent      fact.Fact[bool] // whether a ready agent runs on the pod's node
	Cluster    string          // the name of the EKS cluster; empty where it is unknown
}

// AssociationFit judges whether an association would give the pod a role as the role is.
func (s *Subject) AssociationFit(j *RoleJudgement) AssociationFit {
	fit := AssociationFit{Impossible: s.podIdentityImpossible(), Agent: s.agent(), Cluster: s.Snapshot.Cluster().Name}
	if j.Policy == nil {
		return fit
	}
	named := j.Policy.Principals()
	if len(named) == 0 || slices.ContainsFunc(named, func(p trust.Principal) bool { return p.ID != trust.PodIdentityService }) {
		return fit
	}
	if account := s.ClusterAccount(); account != "" && account != j.ARN.Account {
		return fit
	}
	fit.Made = j.Policy.Verdict(trust.PodIdentity(trust.PodIdentityRequest{
		ClusterARN: s.ClusterARN(j.ARN.Partition), ClusterName: fit.Cluster, Account: s.ClusterAccount(), Region: s.Snapshot.Cluster().Region,
		Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, PodName: s.Pod.Name, PodUID: string(s.Pod.UID),
		RoleARN: j.ARN.String(), Time: s.Snapshot.TakenAt(),
	})).MayAllow()
	return fit
}
