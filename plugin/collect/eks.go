package collect

import (
	"cmp"
	"context"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

const (
	discovery           = "openid-configuration"
	describeCluster     = "eks:DescribeCluster"
	listAssociations    = "eks:ListPodIdentityAssociations"
	describeAssociation = "eks:DescribePodIdentityAssociation"
)

// A discoveryQuestion asks the API server for the cluster's issuer.
type discoveryQuestion struct{}

func (discoveryQuestion) find(ctx context.Context, c *collector) fact.Fact[string] {
	if c.cluster == nil {
		return fact.Unasked[string]("the cluster's issuer", noCluster)
	}
	f := request(c, func() fact.Fact[string] { return c.cluster.Issuer(ctx) })
	if gap, ok := f.Gap(); ok {
		c.record.refused(snapshot.Missing{Resource: discovery}, gap.Reason)
	}
	if issuer, ok := f.Get(); ok {
		c.compareRegion(issuer)
		c.record.learnCluster(snapshot.Cluster{Issuer: issuer, Region: kube.IssuerRegion(issuer)})
	}
	return f
}

// An issuerQuestion asks for the cluster's issuer: the API server's answer, else that of EKS.
type issuerQuestion struct{}

func (issuerQuestion) find(ctx context.Context, c *collector) fact.Fact[string] {
	f := ask(ctx, c, discoveryQuestion{})
	if issuer, ok := f.Get(); ok {
		if !snapshot.IsEKSIssuer(issuer) {
			// It may be a local cluster on Outposts, which has an issuer that is not public.
			begin(ctx, c, eksClusterQuestion{})
		}
		return f
	}
	eks, described := ask(ctx, c, eksClusterQuestion{}).Get()
	if described && eks.Identity != nil && eks.Identity.OIDC != nil && eks.Identity.OIDC.Issuer != "" {
		return fact.Known(eks.Identity.OIDC.Issuer, describeCluster+" "+eks.Name)
	}
	return f
}

// region is where the cluster is: as the API server's issuer says, which is certain, else as the user or the kubeconfig
// says, else as EKS says, else where the SDK is configured to be.
func (c *collector) region(ctx context.Context) string {
	told := c.toldRegion(ctx)
	if told != "" {
		return told
	}
	issuer, _ := ask(ctx, c, issuerQuestion{}).Get()
	return cmp.Or(kube.IssuerRegion(issuer), c.account.Region())
}

// toldRegion is the region that EKS need not be asked for.
func (c *collector) toldRegion(ctx context.Context) string {
	issuer, _ := ask(ctx, c, discoveryQuestion{}).Get()
	return cmp.Or(kube.IssuerRegion(issuer), c.request.Cluster.Region)
}

const (
	noName   = "the EKS cluster's name is unknown (set --eks-cluster)"
	noRegion = "the cluster's region is unknown (set --aws-region)"
)

// unplaced says what is missing to ask EKS about the cluster; empty if nothing is.
func (c *collector) unplaced(region string) string {
	switch {
	case c.request.Cluster.Name == "":
		return noName
	case region == "":
		return noRegion
	default:
		return ""
	}
}

// An eksClusterQuestion asks EKS for the cluster. It must not ask the issuerQuestion, which may ask for the cluster; so
// its region is the one of the issuer that the API server names.
type eksClusterQuestion struct{}

func (eksClusterQuestion) find(ctx context.Context, c *collector) fact.Fact[snapshot.EKSCluster] {
	if c.account == nil {
		return fact.Unasked[snapshot.EKSCluster](describeCluster, "")
	}
	name, region := c.request.Cluster.Name, cmp.Or(c.toldRegion(ctx), c.account.Region())
	if why := c.unplaced(region); why != "" {
		c.record.unaskable(describeCluster, why)
		return fact.Unasked[snapshot.EKSCluster](describeCluster, why)
	}
	f := request(c, func() fact.Fact[snapshot.EKSCluster] { return c.account.EKSCluster(ctx, region, name) })
	if eks, ok := f.Get(); ok {
		c.compare(ctx, eks)
		c.record.amazon(func(a *snapshot.AWS) { a.EKSCluster = &eks })
		c.record.complete(describeCluster, "")
	} else if gap, ok := f.Gap(); ok {
		return refusedCluster[snapshot.EKSCluster](ctx, c, snapshot.Missing{Resource: describeCluster}, gap)
	}
	return f
}

// An associationsQuestion asks for the Pod Identity associations of a service account, with their roles.
type associationsQuestion struct{ namespace, name string }

func (q associationsQuestion) find(ctx context.Context, c *collector) fact.Fact[[]snapshot.PodIdentityAssociation] {
	source := listAssociations + " " + q.String()
	if c.account == nil {
		return fact.Unasked[[]snapshot.PodIdentityAssociation](source, "")
	}
	region := c.region(ctx)
	if why := c.unplaced(region); why != "" {
		c.record.unaskable(listAssociations, why)
		return fact.Unasked[[]snapshot.PodIdentityAssociation](source, why)
	}
	list := c.listedAssociations(ctx, region, q)
	if _, refused := list.Gap(); refused {
		return list
	}
	summaries, _ := list.Get()
	if len(summaries) > 0 {
		begin(ctx, c, eksClusterQuestion{}) // whether they are of this cluster
	}
	return c.described(ctx, region, q, summaries)
}

func (q associationsQuestion) String() string { return q.namespace + "/" + q.name }

// listedAssociations lists the associations of a service account: by themselves for one, out of the cluster's for many.
func (c *collector) listedAssociations(ctx context.Context, region string, q associationsQuestion) fact.Fact[[]snapshot.PodIdentityAssociation] {
	if c.manyTargets() {
		byAccount := ask(ctx, c, associationsByAccount{region})
		return fact.Map(ask(ctx, c, allAssociationsQuestion{region}), func([]snapshot.PodIdentityAssociation) []snapshot.PodIdentityAssociation { return byAccount[q] })
	}
	f := request(c, func() fact.Fact[[]snapshot.PodIdentityAssociation] {
		return c.account.Associations(ctx, region, c.request.Cluster.Name, q.namespace, q.name)
	})
	if gap, refused := f.Gap(); refused {
		return refusedCluster[[]snapshot.PodIdentityAssociation](ctx, c, snapshot.Missing{Resource: listAssociations, Name: q.String()}, gap)
	}
	return f
}

// An allAssociationsQuestion asks for the associations of the cluster, which the list names without their roles.
type allAssociationsQuestion struct{ region string }

func (q allAssociationsQuestion) find(ctx context.Context, c *collector) fact.Fact[[]snapshot.PodIdentityAssociation] {
	f := request(c, func() fact.Fact[[]snapshot.PodIdentityAssociation] {
		return c.account.Associations(ctx, q.region, c.request.Cluster.Name, "", "")
	})
	if gap, refused := f.Gap(); refused {
		return refusedCluster[[]snapshot.PodIdentityAssociation](ctx, c, snapshot.Missing{Resource: listAssociations}, gap)
	}
	return f
}

// maxNamesakes bounds how many associations of service accounts of the same name are described.
const maxNamesakes = 3

// namesakes reads the associations of service accounts that have the same name in another namespace: one of them may be
// meant. Every namespace has a default service account, so that name says nothing.
func (c *collector) namesakes(ctx context.Context, q serviceAccountQuestion) {
	region := c.region(ctx)
	if c.account == nil || q.name == workload.DefaultServiceAccount || c.unplaced(region) != "" {
		return
	}
	list, _ := ask(ctx, c, allAssociationsQuestion{region}).Get()
	found := 0
	for _, a := range list {
		if a.ServiceAccount != q.name || a.Namespace == q.namespace {
			continue
		}
		account := associationsQuestion{a.Namespace, a.ServiceAccount}
		if c.described(ctx, region, account, []snapshot.PodIdentityAssociation{a}).Known() {
			found++
		}
		if found == maxNamesakes {
			return
		}
	}
}

type associationsByAccount struct{ region string }

func (q associationsByAccount) find(ctx context.Context, c *collector) map[associationsQuestion][]snapshot.PodIdentityAssociation {
	byAccount := map[associationsQuestion][]snapshot.PodIdentityAssociation{}
	list, _ := ask(ctx, c, allAssociationsQuestion(q)).Get()
	for _, a := range list {
		account := associationsQuestion{a.Namespace, a.ServiceAccount}
		byAccount[account] = append(byAccount[account], a)
	}
	return byAccount
}

// everyAssociation reads all associations of the cluster, with their roles.
func (c *collector) everyAssociation(ctx context.Context) {
	region := c.region(ctx)
	if why := c.unplaced(region); why != "" {
		c.record.unaskable(listAssociations, why)
		return
	}
	list, ok := ask(ctx, c, allAssociationsQuestion{region}).Get()
	if !ok {
		return
	}
	for _, a := range list {
		begin(ctx, c, associationQuestion{region, a.AssociationID})
	}
	for account, associations := range ask(ctx, c, associationsByAccount{region}) {
		c.described(ctx, region, account, associations)
	}
	c.record.complete(listAssociations, "")
}

// described reads each association, since only that answer names the role.
func (c *collector) described(ctx context.Context, region string, q associationsQuestion, summaries []snapshot.PodIdentityAssociation) fact.Fact[[]snapshot.PodIdentityAssociation] {
	for _, summary := range summaries {
		begin(ctx, c, associationQuestion{region, summary.AssociationID})
	}
	found := []snapshot.PodIdentityAssociation{}
	for _, summary := range summaries {
		f := ask(ctx, c, associationQuestion{region, summary.AssociationID})
		if gap, refused := f.Gap(); refused {
			c.record.refused(snapshot.Missing{Resource: describeAssociation, Name: q.String()}, gap.Reason)
			return fact.Unreadable[[]snapshot.PodIdentityAssociation](gap.What, gap.Reason)
		}
		if association, ok := f.Get(); ok {
			found = append(found, association)
		}
	}
	if len(found) == 0 {
		c.record.gone(snapshot.Missing{Resource: listAssociations, Name: q.String()})
	}
	c.record.amazon(func(a *snapshot.AWS) { a.PodIdentityAssociations = append(a.PodIdentityAssociations, found...) })
	return fact.Known(found, listAssociations+" "+q.String())
}

// An associationQuestion asks for one association, with its role.
type associationQuestion struct{ region, id string }

func (q associationQuestion) find(ctx context.Context, c *collector) fact.Fact[snapshot.PodIdentityAssociation] {
	return request(c, func() fact.Fact[snapshot.PodIdentityAssociation] {
		return c.account.Association(ctx, q.region, c.request.Cluster.Name, q.id)
	})
}

// noAssociation says that a service account is known to have none: it was looked up, or the cluster is not one of EKS.
func (c *collector) noAssociation(ctx context.Context, f fact.Fact[[]snapshot.PodIdentityAssociation]) bool {
	list, known := f.Get()
	issuer, ok := ask(ctx, c, issuerQuestion{}).Get()
	return known && len(list) == 0 || ok && !snapshot.IsEKSIssuer(issuer)
}
