package collect

import (
	"context"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

const (
	listAssociations    = "eks:ListPodIdentityAssociations"
	describeAssociation = "eks:DescribePodIdentityAssociation"
)

// associations answers with the Pod Identity associations of a service account, with their roles.
func (c *collector) associations(ctx context.Context, namespace, serviceAccount string) fact.Fact[[]snapshot.PodIdentityAssociation] {
	name := namespace + "/" + serviceAccount
	source := listAssociations + " " + name
	if c.account == nil {
		return fact.Unasked[[]snapshot.PodIdentityAssociation](source, "")
	}
	return once(c.engine, source, func() fact.Fact[[]snapshot.PodIdentityAssociation] {
		region := c.region(ctx)
		if why := c.unplaced(region); why != "" {
			c.record.unaskable(listAssociations, why)
			return fact.Unasked[[]snapshot.PodIdentityAssociation](source, why)
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
func (c *collector) listedAssociations(ctx context.Context, region, namespace, serviceAccount string) fact.Fact[[]snapshot.PodIdentityAssociation] {
	name := namespace + "/" + serviceAccount
	if !c.manyTargets() {
		f := request(ctx, c.engine, "list associations of "+name, func(ctx context.Context) fact.Fact[[]snapshot.PodIdentityAssociation] {
			return c.account.Associations(ctx, region, c.request.Cluster.Name, namespace, serviceAccount)
		})
		if gap, refused := f.Gap(); refused {
			c.record.refused(snapshot.Missing{Resource: listAssociations, Name: name}, gap.Reason)
		}
		return f
	}
	f := c.allAssociations(ctx, region)
	index := once(c.engine, "associations by service account", func() map[string][]snapshot.PodIdentityAssociation {
		index := map[string][]snapshot.PodIdentityAssociation{}
		list, _ := f.Get()
		for _, a := range list {
			index[a.Namespace+"/"+a.ServiceAccount] = append(index[a.Namespace+"/"+a.ServiceAccount], a)
		}
		return index
	})
	return fact.Map(f, func([]snapshot.PodIdentityAssociation) []snapshot.PodIdentityAssociation { return index[name] })
}

// allAssociations lists the associations of the cluster.
func (c *collector) allAssociations(ctx context.Context, region string) fact.Fact[[]snapshot.PodIdentityAssociation] {
	return request(ctx, c.engine, "list all associations", func(ctx context.Context) fact.Fact[[]snapshot.PodIdentityAssociation] {
		f := c.account.Associations(ctx, region, c.request.Cluster.Name, "", "")
		if gap, refused := f.Gap(); refused {
			c.record.refused(snapshot.Missing{Resource: listAssociations}, gap.Reason)
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
	byName := map[string][]snapshot.PodIdentityAssociation{}
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
func (c *collector) described(ctx context.Context, region, name string, summaries []snapshot.PodIdentityAssociation) fact.Fact[[]snapshot.PodIdentityAssociation] {
	for _, summary := range summaries {
		c.engine.begin("association "+summary.AssociationID, func() { c.association(ctx, region, summary.AssociationID) })
	}
	found := []snapshot.PodIdentityAssociation{}
	source := listAssociations + " " + name
	for _, summary := range summaries {
		f := c.association(ctx, region, summary.AssociationID)
		if gap, refused := f.Gap(); refused {
			c.record.refused(snapshot.Missing{Resource: describeAssociation, Name: name}, gap.Reason)
			return fact.Unreadable[[]snapshot.PodIdentityAssociation](gap.What, gap.Reason)
		}
		if association, ok := f.Get(); ok {
			found = append(found, association)
		}
	}
	if len(found) == 0 {
		c.record.gone(snapshot.Missing{Resource: listAssociations, Name: name})
	}
	c.record.amazon(func(a *snapshot.AWS) { a.PodIdentityAssociations = append(a.PodIdentityAssociations, found...) })
	return fact.Known(found, source)
}

func (c *collector) association(ctx context.Context, region, id string) fact.Fact[snapshot.PodIdentityAssociation] {
	return request(ctx, c.engine, describeAssociation+" "+id, func(ctx context.Context) fact.Fact[snapshot.PodIdentityAssociation] {
		return c.account.Association(ctx, region, c.request.Cluster.Name, id)
	})
}

// noAssociation says that a service account is known to have none: it was looked up, or the cluster is not one of EKS.
func (c *collector) noAssociation(ctx context.Context, f fact.Fact[[]snapshot.PodIdentityAssociation]) bool {
	list, known := f.Get()
	issuer, ok := c.issuer(ctx).Get()
	return known && len(list) == 0 || ok && !snapshot.IsEKSIssuer(issuer)
}
