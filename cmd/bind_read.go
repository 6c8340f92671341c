package cmd

import (
	"context"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// read reads what a plan is made of, and returns it with the ARN of the role that was typed.
func (c *planCommand) read(ctx context.Context, r collect.BindingRequest) (s *snapshot.Snapshot, roleARN string, err error) {
	if c.source.snapshot != "" {
		return c.readSnapshot(r.Role)
	}
	if c.live, err = c.source.open(ctx); err != nil {
		return nil, "", err
	}
	if c.workload.Kind != "" {
		if c.account, err = collect.AccountOf(ctx, c.live.cluster, c.workload); err != nil {
			return nil, "", c.live.explained(err)
		}
	}
	r.Namespace, r.ServiceAccount = c.namespace, c.account
	r.Request = c.live.now(r.Request)
	ctx, end := c.program.progress(ctx, reading)
	defer end()
	s, roleARN, err = collect.Binding(ctx, c.live.cluster, c.live.account, r)
	return s, roleARN, c.live.explained(err)
}

// readSnapshot is the same for a snapshot file.
func (c *planCommand) readSnapshot(role string) (*snapshot.Snapshot, string, error) {
	s, err := c.source.readFile()
	if err != nil {
		return nil, "", err
	}
	if c.workload.Kind != "" {
		if c.account, err = collect.AccountIn(s, c.workload); err != nil {
			return nil, "", err
		}
	}
	roleARN, err := collect.RoleTyped(s, role)
	return s, roleARN, err
}
