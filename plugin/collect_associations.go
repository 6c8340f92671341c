package plugin

import (
	"context"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
)

const (
	listAssociations    = "eks:ListPodIdentityAssociations"
	describeAssociation = "eks:DescribePodIdentityAssociation"
)

// associations answers with the Pod Identity associations of a service account, with their roles.
func (c *collector) associations(ctx context.Context, namespace, serviceAccount string) evidence.Fact[[]evidence.PodIdentityAssociation] {
	name := namespace + "/" + serviceAccount
	source := listAssociations + " " + name
	if c.account == nil {
		return evidence.Unasked[[]evidence.PodIdentityAssociation](source, "")
	}
	return once(c.engine, source, func() evidence.Fact[[]evidence.PodIdentityAssociation] {
		region := c.region(ctx)
		if why := c.unplaced(region); why != "" {
			c.record.unaskable(listAssociations, why)
			return evidence.Unasked[[]evidence.PodIdentityAssociation](source, why)
		}
		list := c.listedAssociations(ctx, region, namespace, serviceAccount)
		if _, refused := list.Gap(); refused {
			return list
		}
		summaries, _ := list.Get()
		return c.described(ctx, region, name, summaries)
	})
}

// listedAssociations lists the associations of a service account: by themselves for one, out of the cluster's for many.
func (c *collector) listedAssociations(ctx context.Context, region, namespace, serviceAccount string) evidence.Fact[[]evidence.PodIdentityAssociation] {
	name := namespace + "/" + serviceAccount
	if !c.manyTargets() {
		f := request(ctx, c.engine, "list associations of "+name, func(ctx context.Context) evidence.Fact[[]evidence.PodIdentityAssociation] {
			return c.account.Associations(ctx, region, c.request.Cluster.Name, namespace, serviceAccount)
		})
		if gap, refused := f.Gap(); refused {
			c.record.refused(evidence.Missing{Resource: listAssociations, Name: name}, gap.Reason)
		}
		return f
	}
	f := c.allAssociations(ctx, region)
	index := once(c.engine, "associations by service account", func() map[string][]evidence.PodIdentityAssociation {
		index := map[string][]evidence.PodIdentityAssociation{}
		list, _ := f.Get()
		for _, a := range list {
			index[a.Namespace+"/"+a.ServiceAccount] = append(index[a.Namespace+"/"+a.ServiceAccount], a)
		}
		return index
	})
	return evidence.Map(f, func([]evidence.PodIdentityAssociation) []evidence.PodIdentityAssociation { return index[name] })
}

// allAssociations lists the associations of the cluster.
func (c *collector) allAssociations(ctx context.Context, region string) evidence.Fact[[]evidence.PodIdentityAssociation] {
	return request(ctx, c.engine, "list all associations", func(ctx context.Context) evidence.Fact[[]evidence.PodIdentityAssociation] {
		f := c.account.Associations(ctx, region, c.request.Cluster.Name, "", "")
		if gap, refused := f.Gap(); refused {
			c.record.refused(evidence.Missing{Resource: listAssociations}, gap.Reason)
		}
		return f
	})
}

// everyAssociation reads all associations of the cluster, with their roles.
func (c *collector) everyAssociation(ctx context.Context) {
	region := c.region(ctx)
	if why := c.unplaced(region); why != "" {
		c.record.unaskable(listAssociations, why)
		return
	}
	f := c.allAssociations(ctx, region)
	list, ok := f.Get()
	if !ok {
		return
	}
	byName := map[string][]evidence.PodIdentityAssociation{}
	for _, a := range list {
		name := a.Namespace + "/" + a.ServiceAccount
		byName[name] = append(byName[name], a)
		c.engine.begin("association "+a.AssociationID, func() { c.association(ctx, region, a.AssociationID) })
	}
	for name, associations := range byName {
		c.described(ctx, region, name, associations)
	}
	c.record.complete(listAssociations, "")
}

// described asks for each association, since only that answer names the role.
func (c *collector) described(ctx context.Context, region, name string, summaries []evidence.PodIdentityAssociation) evidence.Fact[[]evidence.PodIdentityAssociation] {
	for _, summary := range summaries {
		c.engine.begin("association "+summary.AssociationID, func() { c.association(ctx, region, summary.AssociationID) })
	}
	found := []evidence.PodIdentityAssociation{}
	source := listAssociations + " " + name
	for _, summary := range summaries {
		f := c.association(ctx, region, summary.AssociationID)
		if gap, refused := f.Gap(); refused {
			c.record.refused(evidence.Missing{Resource: describeAssociation, Name: name}, gap.Reason)
			return evidence.Unreadable[[]evidence.PodIdentityAssociation](gap.What, gap.Reason)
		}
		if association, ok := f.Get(); ok {
			found = append(found, association)
		}
	}
	if len(found) == 0 {
		c.record.gone(evidence.Missing{Resource: listAssociations, Name: name})
	}
	c.record.amazon(func(a *evidence.AWS) { a.PodIdentityAssociations = append(a.PodIdentityAssociations, found...) })
	return evidence.Known(found, source)
}

func (c *collector) association(ctx context.Context, region, id string) evidence.Fact[evidence.PodIdentityAssociation] {
	return request(ctx, c.engine, describeAssociation+" "+id, func(ctx context.Context) evidence.Fact[evidence.PodIdentityAssociation] {
		return c.account.Association(ctx, region, c.request.Cluster.Name, id)
	})
}

// noAssociation says that a service account is known to have none: it was looked up, or the cluster is not one of EKS.
func (c *collector) noAssociation(ctx context.Context, f evidence.Fact[[]evidence.PodIdentityAssociation]) bool {
	list, known := f.Get()
	issuer, ok := c.issuer(ctx).Get()
	return known && len(list) == 0 || ok && !check.IsEKSIssuer(issuer)
}
