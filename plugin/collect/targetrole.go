package collect

import (
	"context"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A simulationQuestion asks the policy simulator whether the role of an association may assume the association's target
// role, with the keys that the call carries for a service account.
type simulationQuestion struct{ role, target, cluster, namespace, account, externalID string }

func (q simulationQuestion) find(ctx context.Context, c *collector) fact.Fact[snapshot.PolicySimulation] {
	const operation = "iam:SimulatePrincipalPolicy"
	parsed, ok := snapshot.ParseARN(q.role)
	if c.account == nil || !ok || roleIn(q.role) == "" || roleIn(q.target) == "" {
		return fact.Unasked[snapshot.PolicySimulation](operation, "there is no role to simulate")
	}
	m := snapshot.Missing{Resource: operation, Name: parsed.RoleName(), Account: parsed.Account}
	reader, ok := c.readerOf(parsed.Partition, parsed.Account, c.record.knownCaller())
	if !ok {
		c.record.refused(m, elsewhere(parsed.Account, c.record.knownCaller()))
		return fact.Unasked[snapshot.PolicySimulation](operation, "")
	}
	tags := map[string]string{"eks-cluster-name": q.cluster, "kubernetes-namespace": q.namespace, "kubernetes-service-account": q.account}
	f := request(c, func() fact.Fact[snapshot.PolicySimulation] {
		return reader.MayAssume(ctx, q.role, q.target, tags, q.externalID)
	})
	if gap, refused := f.Gap(); refused {
		c.record.refused(m, gap.Reason)
	}
	if simulation, ok := f.Get(); ok {
		c.record.amazon(func(a *snapshot.AWS) { a.PolicySimulations = append(a.PolicySimulations, simulation) })
	}
	return f
}
