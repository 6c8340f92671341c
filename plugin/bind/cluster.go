package bind

import (
	"cmp"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// warnOfCluster warns of what is unusual about where the plan acts: AWS credentials of another account than
// the cluster's, and an EKS cluster of which it is unknown whether it is the one whose API server was read.
func (p *planner) warnOfCluster() {
	if len(p.plan.Steps) == 0 {
		return
	}
	cluster := p.snapshot.Cluster()
	eks, described := p.snapshot.EKSCluster().Get()
	arn, _ := snapshot.ParseARN(eks.Arn)
	account := cmp.Or(arn.Account, cluster.Account) // a kubeconfig may be wrong about it
	if caller, ok := p.snapshot.CallerAccount().Get(); ok && account != "" && caller != account {
		p.plan.warn("the cluster is in account %s, but these AWS credentials are of account %s", account, caller)
	}
	// Where two issuers could not be compared, the API server's address is recorded.
	if described && cluster.Server != "" {
		if match, text := snapshot.Compare(cluster, eks); match == snapshot.MatchUnknown {
			p.plan.warn("whether %s is the cluster that was read is unknown: %s", eks.Title(), text)
		}
	}
}
