package collect

import (
	"context"

	corev1 "k8s.io/api/core/v1"
)

// beginRoles starts what the roles of the request need, and what a pod that is yet to be made would meet.
func (c *collector) beginRoles(ctx context.Context) {
	if len(c.request.Roles) == 0 {
		return
	}
	if c.cluster != nil {
		c.engine.begin("webhooks", func() { c.webhooks(ctx) })
		if c.request.Namespace != "" {
			c.engine.begin("namespace "+c.request.Namespace, func() { c.namespace(ctx, c.request.Namespace) })
		}
	}
	if c.account == nil {
		return
	}
	c.engine.begin("eks cluster", func() { c.eksCluster(ctx, c.region(ctx)) })
	for _, arn := range c.request.Roles {
		c.engine.begin("role "+arn, func() { c.role(ctx, arn) })
		c.engine.begin("provider of "+arn, func() { c.provider(ctx, arn) })
	}
}

// beginAgents starts what tells whether Pod Identity would work where the pods run.
func (c *collector) beginAgents(ctx context.Context, pods []*corev1.Pod) {
	for node := range nodesOf(pods) {
		c.engine.begin("agents "+node, func() { c.agents(ctx, node) })
	}
}
