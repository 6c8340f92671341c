package collect

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// login gets the credentials while the cluster is being asked, and the caller's account where other accounts are to
// be read with a role there: which role it is to be has to be known first.
func (c *collector) login(ctx context.Context) {
	c.account.Login(ctx)
	if c.account.ReaderRole() != "" {
		c.caller(ctx)
	}
}

// caller is the account of the AWS credentials, empty if it cannot be told. A role that was read tells it for nothing.
func (c *collector) caller(ctx context.Context) string {
	if known := c.record.knownCaller(); known != "" {
		return known
	}
	f := request(ctx, c.engine, "sts:GetCallerIdentity", c.account.CallerAccount)
	if gap, ok := f.Gap(); ok {
		c.record.refused(snapshot.Missing{Resource: "sts:GetCallerIdentity"}, gap.Reason)
	}
	found, _ := f.Get()
	c.record.learnCaller(found)
	return found
}

// issuer answers with the cluster's issuer, from the API server if it tells it, else from EKS.
func (c *collector) issuer(ctx context.Context) fact.Fact[string] {
	return once(c.engine, "issuer", func() fact.Fact[string] {
		f := fact.Unasked[string]("the cluster's issuer", noCluster)
		if c.cluster != nil {
			f = request(ctx, c.engine, "openid-configuration", c.cluster.Issuer)
			if gap, ok := f.Gap(); ok {
				c.record.refused(snapshot.Missing{Resource: "openid-configuration"}, gap.Reason)
			}
		}
		issuer, ok := f.Get()
		if ok {
			c.record.learnCluster(snapshot.Cluster{Issuer: issuer, Region: kube.IssuerRegion(issuer)})
		}
		if ok && snapshot.IsEKSIssuer(issuer) {
			return f
		}
		if ok {
			// It may be a local cluster on Outposts, which has an issuer that is not public.
			c.engine.begin("eks cluster", func() { c.eksCluster(ctx, c.request.Cluster.Region) })
			return f
		}
		eks, described := c.eksCluster(ctx, c.request.Cluster.Region).Get()
		if described && eks.Identity != nil && eks.Identity.OIDC != nil && eks.Identity.OIDC.Issuer != "" {
			return fact.Known(eks.Identity.OIDC.Issuer, "eks:DescribeCluster "+eks.Name)
		}
		return f
	})
}

// region is where the cluster is: as the user or the kubeconfig says, else as its issuer says, else where the SDK is
// configured to be.
func (c *collector) region(ctx context.Context) string {
	if c.request.Cluster.Region != "" {
		return c.request.Cluster.Region
	}
	issuer, _ := c.issuer(ctx).Get()
	return cmp.Or(kube.IssuerRegion(issuer), c.account.Region())
}

const (
	noName   = "the EKS cluster's name is not known (--eks-cluster gives it)"
	noRegion = "the cluster's region is not known (--aws-region gives it)"
)

// eksCluster asks EKS for the cluster. It must not ask for the issuer, which may ask for the cluster.
func (c *collector) eksCluster(ctx context.Context, region string) fact.Fact[snapshot.EKSCluster] {
	name := c.request.Cluster.Name
	if c.account == nil {
		return fact.Unasked[snapshot.EKSCluster]("eks:DescribeCluster", "")
	}
	region = cmp.Or(region, c.account.Region())
	return once(c.engine, "eks:DescribeCluster", func() fact.Fact[snapshot.EKSCluster] {
		m := snapshot.Missing{Resource: "eks:DescribeCluster"}
		if why := c.unplaced(region); why != "" {
			c.record.unaskable(m.Resource, why)
			return fact.Unasked[snapshot.EKSCluster](m.Resource, why)
		}
		f := request(ctx, c.engine, "eks:DescribeCluster "+name, func(ctx context.Context) fact.Fact[snapshot.EKSCluster] {
			return c.account.EKSCluster(ctx, region, name)
		})
		if eks, ok := f.Get(); ok {
			c.record.amazon(func(a *snapshot.AWS) { a.EKSCluster = &eks })
			c.record.complete("eks:DescribeCluster", "")
		} else if gap, ok := f.Gap(); ok {
			c.record.refused(m, gap.Reason)
		}
		return f
	})
}

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

// elsewhere says that something is in an account that is not the credentials' own, empty if it is not.
func elsewhere(account, caller string) string {
	if caller == "" || account == caller {
		return ""
	}
	return fmt.Sprintf("it is in account %s, and these AWS credentials are of account %s", account, caller)
}

// readerOf returns who reads an account, if it is known by now that another than the credentials' own is needed for
// that: ok is false where there is none.
func (c *collector) readerOf(partition, accountID, caller string) (reader *aws.Reader, ok bool) {
	if elsewhere(accountID, caller) == "" {
		return c.account, true
	}
	return c.account.In(partition, accountID)
}

// whose tells apart what is asked of the credentials' own account and of another.
func (c *collector) whose(reader *aws.Reader, accountID string) string {
	if reader == c.account {
		return ""
	}
	return " in " + accountID
}

// owned reads one thing of IAM of a certain account. IAM answers for the account of the credentials only, and that a thing
// is not there, or must not be read, means nothing about one of another account. So such an answer is interpreted by
// whose the credentials are; caller finds that out.
func owned[T any](ctx context.Context, c *collector, m snapshot.Missing, partition string, caller func() string, mine func(T) bool, read func(context.Context, *aws.Reader) fact.Fact[T]) fact.Fact[T] {
	source := m.Resource + " " + m.Name
	ask := func(reader *aws.Reader) fact.Fact[T] {
		return request(ctx, c.engine, source+c.whose(reader, m.Account), func(ctx context.Context) fact.Fact[T] { return read(ctx, reader) })
	}
	known := c.record.knownCaller()
	if c.account.ReaderRole() != "" {
		known = c.caller(ctx) // is under way since the beginning
	}
	if elsewhere(m.Account, known) == "" {
		f := ask(c.account)
		if value, ok := f.Get(); ok && mine(value) {
			return f
		}
		known = caller()
		if gap, refused := f.Gap(); refused && elsewhere(m.Account, known) == "" {
			c.record.refused(m, gap.Reason)
			return f
		}
		if known == "" {
			const why = "it was not found, and of which account these AWS credentials are could not be read"
			c.record.refused(m, why)
			return fact.Unreadable[T](source, why)
		}
		if f.Absent() && known == m.Account {
			c.record.gone(m)
			return f
		}
	}
	why := elsewhere(m.Account, known)
	reader, ok := c.account.In(partition, m.Account)
	if !ok || why == "" {
		c.record.refused(m, cmp.Or(why, "the answer is about something else"))
		return fact.Unreadable[T](source, why)
	}
	f := ask(reader)
	if gap, refused := f.Gap(); refused {
		c.record.refused(m, gap.Reason)
	} else if f.Absent() {
		c.record.gone(m)
	}
	return f
}

// role answers for a role by its ARN.
func (c *collector) role(ctx context.Context, arn string) fact.Fact[snapshot.Role] {
	source := "iam:GetRole " + arn
	parsed, ok := snapshot.ParseARN(arn)
	if c.account == nil || !ok || parsed.RoleName() == "" {
		return fact.Unasked[snapshot.Role](source, "that is not a role's ARN")
	}
	return once(c.engine, source, func() fact.Fact[snapshot.Role] {
		m := snapshot.Missing{Resource: "iam:GetRole", Name: parsed.RoleName(), Account: parsed.Account}
		accountOf := func(r snapshot.Role) string { found, _ := snapshot.ParseARN(r.Arn); return found.Account }
		f := owned(ctx, c, m, parsed.Partition, func() string { return c.caller(ctx) },
			func(r snapshot.Role) bool { return accountOf(r) == parsed.Account },
			func(ctx context.Context, reader *aws.Reader) fact.Fact[snapshot.Role] {
				f := reader.Role(ctx, arn)
				if role, ok := f.Get(); ok {
					c.record.role(role)
					if reader == c.account {
						c.record.learnCaller(accountOf(role))
					}
				}
				return f
			})
		if role, ok := f.Get(); ok && role.Arn != arn {
			// IAM finds a role by its name alone. The one with this path does not exist.
			m.Name = arn
			c.record.gone(m)
		}
		if f.Absent() {
			c.engine.begin("roles", func() { c.roles(ctx) })
		}
		if role, ok := f.Get(); ok && c.request.Wide {
			c.engine.begin("policies of "+role.Arn, func() { c.policies(ctx, role.Arn) })
		}
		return f
	})
}

// policies reads the names of a role's policies.
func (c *collector) policies(ctx context.Context, arn string) {
	parsed, _ := snapshot.ParseARN(arn)
	reader, ok := c.readerOf(parsed.Partition, parsed.Account, c.record.knownCaller())
	if !ok {
		return
	}
	inline := make(chan fact.Fact[[]snapshot.InlinePolicyName], 1)
	c.engine.begin("inline policies of "+arn, func() {
		inline <- request(ctx, c.engine, "iam:ListRolePolicies "+arn, func(ctx context.Context) fact.Fact[[]snapshot.InlinePolicyName] {
			return reader.InlinePolicies(ctx, arn)
		})
	})
	attached := request(ctx, c.engine, "iam:ListAttachedRolePolicies "+arn, func(ctx context.Context) fact.Fact[[]snapshot.AttachedPolicy] {
		return reader.AttachedPolicies(ctx, arn)
	})
	m := snapshot.Missing{Name: parsed.RoleName(), Account: parsed.Account}
	c.record.policies(arn, listOrGap(c, m, "iam:ListAttachedRolePolicies", attached), listOrGap(c, m, "iam:ListRolePolicies", <-inline))
}

// listOrGap returns a list that was read, and nil with a word in the record where it was not.
func listOrGap[T any](c *collector, m snapshot.Missing, operation string, f fact.Fact[[]T]) *[]T {
	m.Resource = operation
	if gap, ok := f.Gap(); ok {
		c.record.refused(m, gap.Reason)
	}
	if list, ok := f.Get(); ok {
		return &list
	}
	return nil
}

// roles reads all roles of the caller's account: one may name the service account, or be what a name was meant to be.
func (c *collector) roles(ctx context.Context) {
	if c.account == nil {
		return
	}
	f := request(ctx, c.engine, "iam:ListRoles", c.account.Roles)
	list, ok := f.Get()
	for _, role := range list {
		c.record.role(role)
	}
	if gap, refused := f.Gap(); refused {
		c.record.refused(snapshot.Missing{Resource: "iam:ListRoles"}, gap.Reason)
	}
	if ok {
		c.record.complete("iam:ListRoles", "")
		c.record.complete("iam:GetRole", "")
	}
}

// provider reads the OIDC provider that the cluster's issuer has in the account of a role.
func (c *collector) provider(ctx context.Context, roleARN string) {
	parsed, ok := snapshot.ParseARN(roleARN)
	issuer, known := c.issuer(ctx).Get()
	if c.account == nil || !ok || parsed.RoleName() == "" || !known {
		return
	}
	arn := snapshot.ProviderARN(parsed.Partition, parsed.Account, issuer)
	once(c.engine, "provider "+arn, func() bool {
		m := snapshot.Missing{Resource: "iam:GetOpenIDConnectProvider", Name: arn, Account: parsed.Account}
		caller := func() string {
			c.role(ctx, roleARN) // tells it, mostly, and is under way
			return c.caller(ctx)
		}
		f := owned(ctx, c, m, parsed.Partition, caller, func(snapshot.OpenIDConnectProvider) bool { return true },
			func(ctx context.Context, reader *aws.Reader) fact.Fact[snapshot.OpenIDConnectProvider] {
				return reader.OpenIDConnectProvider(ctx, arn)
			})
		if provider, ok := f.Get(); ok {
			c.record.amazon(func(a *snapshot.AWS) { a.OpenIDConnectProviders = append(a.OpenIDConnectProviders, provider) })
		}
		if f.Absent() {
			c.engine.begin("near misses of "+arn, func() { c.nearMisses(ctx, roleARN, issuer) })
			c.engine.begin("VPC endpoints", func() { c.vpcEndpoints(ctx) })
		}
		return true
	})
}

// maxNearMisses bounds how many providers are looked at where the right one is missing.
const maxNearMisses = 20

// nearMisses reads the providers that look like the issuer's, and those that the role's trust names: where the right one
// does not exist, somebody may have meant one of them.
func (c *collector) nearMisses(ctx context.Context, roleARN, issuer string) {
	parsed, _ := snapshot.ParseARN(roleARN)
	reader, ok := c.readerOf(parsed.Partition, parsed.Account, c.caller(ctx))
	if !ok {
		return
	}
	f := request(ctx, c.engine, "iam:ListOpenIDConnectProviders"+c.whose(reader, parsed.Account), reader.OpenIDConnectProviders)
	if gap, refused := f.Gap(); refused {
		c.record.refused(snapshot.Missing{Resource: "iam:ListOpenIDConnectProviders", Account: parsed.Account}, gap.Reason)
	}
	list, _ := f.Get()
	role, _ := c.role(ctx, roleARN).Get()
	near := 0
	for _, arn := range list {
		if !looksLike(arn, issuer) && !strings.Contains(string(role.AssumeRolePolicyDocument), arn) {
			continue
		}
		if near++; near > maxNearMisses {
			return
		}
		c.engine.begin("provider "+arn, func() { c.otherProvider(ctx, reader, arn) })
	}
}

// looksLike says whether a provider may have been meant for an issuer: it has the same id, or differs in letter case, scheme
// or a slash only.
func looksLike(arn, issuer string) bool {
	plain := func(text string) string {
		text = strings.ToLower(strings.Trim(text, "/"))
		return strings.TrimPrefix(strings.TrimPrefix(text, "https://"), "http://")
	}
	_, provider, _ := strings.Cut(arn, ":oidc-provider/")
	a, b := plain(provider), plain(issuer)
	if a == b {
		return true
	}
	id := b[strings.LastIndex(b, "/")+1:]
	return strings.Contains(b, "/") && id != "" && strings.HasSuffix(a, "/"+id)
}

// otherProvider reads a provider that is not the issuer's own.
func (c *collector) otherProvider(ctx context.Context, reader *aws.Reader, arn string) {
	parsed, _ := snapshot.ParseARN(arn)
	f := request(ctx, c.engine, "iam:GetOpenIDConnectProvider "+arn+c.whose(reader, parsed.Account), func(ctx context.Context) fact.Fact[snapshot.OpenIDConnectProvider] {
		return reader.OpenIDConnectProvider(ctx, arn)
	})
	if provider, ok := f.Get(); ok {
		c.record.amazon(func(a *snapshot.AWS) { a.OpenIDConnectProviders = append(a.OpenIDConnectProviders, provider) })
	}
	if gap, ok := f.Gap(); ok {
		c.record.refused(snapshot.Missing{Resource: "iam:GetOpenIDConnectProvider", Name: arn}, gap.Reason)
	}
}

// vpcEndpoints reads the endpoints of the cluster's VPC.
func (c *collector) vpcEndpoints(ctx context.Context) {
	if c.account == nil {
		return
	}
	region := c.region(ctx)
	eks, ok := c.eksCluster(ctx, region).Get()
	if !ok || eks.ResourcesVpcConfig == nil || eks.ResourcesVpcConfig.VpcID == "" {
		return
	}
	vpc := eks.ResourcesVpcConfig.VpcID
	f := request(ctx, c.engine, "ec2:DescribeVpcEndpoints", func(ctx context.Context) fact.Fact[[]snapshot.VPCEndpoint] {
		return c.account.VPCEndpoints(ctx, region, vpc)
	})
	if gap, refused := f.Gap(); refused {
		c.record.refused(snapshot.Missing{Resource: "ec2:DescribeVpcEndpoints"}, gap.Reason)
		return
	}
	list, _ := f.Get()
	c.record.amazon(func(a *snapshot.AWS) { a.VPCEndpoints = list })
	c.record.complete("ec2:DescribeVpcEndpoints", "")
}

// everything reads all roles and OIDC providers of the caller's account, and all associations of the cluster.
func (c *collector) everything(ctx context.Context) {
	c.engine.begin("roles", func() { c.roles(ctx) })
	c.engine.begin("all associations", func() { c.everyAssociation(ctx) })
	f := request(ctx, c.engine, "iam:ListOpenIDConnectProviders", c.account.OpenIDConnectProviders)
	if gap, refused := f.Gap(); refused {
		c.record.refused(snapshot.Missing{Resource: "iam:ListOpenIDConnectProviders"}, gap.Reason)
		return
	}
	list, _ := f.Get()
	for _, arn := range list {
		c.engine.begin("provider "+arn, func() { c.otherProvider(ctx, c.account, arn) })
	}
	c.record.complete("iam:ListOpenIDConnectProviders", "")
	c.record.complete("iam:GetOpenIDConnectProvider", "")
}
