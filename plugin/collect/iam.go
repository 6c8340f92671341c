package collect

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/tally"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// login gets the credentials while the cluster is being read, and the caller's account where a role reads
// other accounts: that role depends on the caller's account.
func (c *collector) login(ctx context.Context) {
	c.account.Login(ctx)
	if c.account.ReaderRole() != "" {
		c.caller(ctx)
	}
}

// caller is the account of the AWS credentials, empty if it is unknown. A role that was read names it for nothing.
func (c *collector) caller(ctx context.Context) string {
	if known := c.record.knownCaller(); known != "" {
		return known
	}
	found, _ := ask(ctx, c, callerQuestion{}).Get()
	return found
}

// A callerQuestion asks STS for the account of the AWS credentials.
type callerQuestion struct{}

func (callerQuestion) find(ctx context.Context, c *collector) fact.Fact[string] {
	f := request(c, func() fact.Fact[aws.Caller] { return c.account.Caller(ctx) })
	if gap, ok := f.Gap(); ok {
		c.record.refused(snapshot.Missing{Resource: "sts:GetCallerIdentity"}, gap.Reason)
	}
	if found, ok := f.Get(); ok {
		c.record.learnCaller(found.Account)
		c.record.learnCallerARN(found.Arn)
	}
	return fact.Map(f, func(found aws.Caller) string { return found.Account })
}

// elsewhere says that something is in an account that is not the credentials' own, empty if it is not.
func elsewhere(account, caller string) string {
	if caller == "" || account == caller {
		return ""
	}
	return fmt.Sprintf("it is in account %s, but these AWS credentials are of account %s", account, caller)
}

// readerOf returns who reads an account, if it is known by now that another than the credentials' own is needed for
// that: ok is false where there is none.
func (c *collector) readerOf(partition, accountID, caller string) (reader *aws.Reader, ok bool) {
	if elsewhere(accountID, caller) == "" {
		return c.account, true
	}
	return c.account.In(partition, accountID)
}

// owned reads one thing of IAM of a certain account. IAM answers for the account of the credentials only, and that a thing
// is not there, or must not be read, means nothing about one of another account. So such an answer is interpreted by
// whose the credentials are; caller finds that out.
func owned[T any](ctx context.Context, c *collector, m snapshot.Missing, partition string, caller func() string, mine func(T) bool, read func(*aws.Reader) fact.Fact[T]) fact.Fact[T] {
	source := m.Resource + " " + m.Name
	known := c.record.knownCaller()
	if c.account.ReaderRole() != "" {
		known = c.caller(ctx) // is under way since the first round
	}
	if elsewhere(m.Account, known) == "" {
		f := read(c.account)
		if value, ok := f.Get(); ok && mine(value) {
			return f
		}
		known = caller()
		if gap, refused := f.Gap(); refused && elsewhere(m.Account, known) == "" {
			c.record.refused(m, gap.Reason)
			return f
		}
		if known == "" {
			const why = "it was not found, and the account of these AWS credentials could not be read"
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
		c.record.refused(m, cmp.Or(why, "the answer is for another object"))
		return fact.Unreadable[T](source, why)
	}
	f := read(reader)
	if gap, refused := f.Gap(); refused {
		c.record.refused(m, gap.Reason)
	} else if f.Absent() {
		c.record.gone(m)
	}
	return f
}

// A roleQuestion asks for a role by its ARN, and begins what is needed with it: all roles where it does not exist, its
// policies where they are wanted.
type roleQuestion struct{ arn string }

func (q roleQuestion) find(ctx context.Context, c *collector) fact.Fact[snapshot.Role] {
	parsed, ok := snapshot.ParseARN(q.arn)
	if c.account == nil || !ok || parsed.RoleName() == "" {
		return fact.Unasked[snapshot.Role]("iam:GetRole "+q.arn, "this is not a role ARN")
	}
	m := snapshot.Missing{Resource: "iam:GetRole", Name: parsed.RoleName(), Account: parsed.Account}
	f := owned(ctx, c, m, parsed.Partition, func() string { return c.caller(ctx) },
		func(r snapshot.Role) bool { return accountOf(r) == parsed.Account },
		func(reader *aws.Reader) fact.Fact[snapshot.Role] {
			return ask(ctx, c, roleNameQuestion{reader, parsed.Partition, parsed.RoleName()})
		})
	role, known := f.Get()
	if known && role.Arn != q.arn {
		// IAM finds a role by its name alone. The one with this path does not exist.
		m.Name = q.arn
		c.record.gone(m)
	}
	if f.Absent() {
		begin(ctx, c, rolesQuestion{})
	}
	if known && c.request.Wide {
		begin(ctx, c, policiesQuestion{role.Arn})
	}
	return f
}

func accountOf(r snapshot.Role) string {
	found, _ := snapshot.ParseARN(r.Arn)
	return found.Account
}

// A roleNameQuestion asks for the role of a name in the account of a reader, as IAM finds roles.
type roleNameQuestion struct {
	reader          *aws.Reader
	partition, name string
}

func (q roleNameQuestion) find(ctx context.Context, c *collector) fact.Fact[snapshot.Role] {
	arn := snapshot.ARN{Partition: q.partition, Service: "iam", Resource: "role/" + q.name}
	tally.Expect(ctx, "roles", 1)
	f := request(c, func() fact.Fact[snapshot.Role] { return q.reader.Role(ctx, arn.String()) })
	if role, ok := f.Get(); ok {
		c.record.role(role)
		if q.reader == c.account {
			c.record.learnCaller(accountOf(role))
		}
	}
	return f
}

// A policiesQuestion asks for the names of a role's policies.
type policiesQuestion struct{ roleARN string }

// bothPolicies are the policies attached to a role and those inside of it, nil where they are unknown.
type bothPolicies struct {
	attached *[]snapshot.AttachedPolicy
	inline   *[]snapshot.InlinePolicyName
}

func (q policiesQuestion) find(ctx context.Context, c *collector) (p bothPolicies) {
	parsed, _ := snapshot.ParseARN(q.roleARN)
	reader, ok := c.readerOf(parsed.Partition, parsed.Account, c.record.knownCaller())
	if !ok {
		return p
	}
	inline := begin(ctx, c, inlinePoliciesQuestion{reader, q.roleARN})
	attached := request(c, func() fact.Fact[[]snapshot.AttachedPolicy] { return reader.AttachedPolicies(ctx, q.roleARN) })
	m := snapshot.Missing{Name: parsed.RoleName(), Account: parsed.Account}
	p.attached = listOrGap(c, m, "iam:ListAttachedRolePolicies", attached)
	p.inline = listOrGap(c, m, "iam:ListRolePolicies", inline.wait())
	c.record.policies(q.roleARN, p.attached, p.inline)
	return p
}

type inlinePoliciesQuestion struct {
	reader  *aws.Reader
	roleARN string
}

func (q inlinePoliciesQuestion) find(ctx context.Context, c *collector) fact.Fact[[]snapshot.InlinePolicyName] {
	return request(c, func() fact.Fact[[]snapshot.InlinePolicyName] { return q.reader.InlinePolicies(ctx, q.roleARN) })
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

// A rolesQuestion asks for all roles of the caller's account: one may name the service account, or be what a name was
// meant to be.
type rolesQuestion struct{}

func (rolesQuestion) find(ctx context.Context, c *collector) fact.Fact[[]snapshot.Role] {
	if c.account == nil {
		return fact.Unasked[[]snapshot.Role]("iam:ListRoles", "")
	}
	f := request(c, func() fact.Fact[[]snapshot.Role] { return c.account.Roles(ctx) })
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
	return f
}

// A providerQuestion asks for the OIDC provider that the cluster's issuer has in the account of a role, and begins what
// may explain that it does not exist.
type providerQuestion struct {
	roleARN string
	// listed says that the role is any one of the caller's account, for which nothing else has to be read.
	listed bool
}

func (q providerQuestion) find(ctx context.Context, c *collector) fact.Fact[snapshot.OpenIDConnectProvider] {
	parsed, ok := snapshot.ParseARN(q.roleARN)
	issuer, known := ask(ctx, c, issuerQuestion{}).Get()
	if c.account == nil || !ok || parsed.RoleName() == "" || !known {
		return fact.Unasked[snapshot.OpenIDConnectProvider](getProvider, "")
	}
	arn := snapshot.ProviderARN(parsed.Partition, parsed.Account, issuer)
	m := snapshot.Missing{Resource: getProvider, Name: arn, Account: parsed.Account}
	caller := func() string {
		if q.listed {
			return parsed.Account
		}
		ask(ctx, c, roleQuestion{q.roleARN}) // names it, mostly, and is under way
		return c.caller(ctx)
	}
	f := owned(ctx, c, m, parsed.Partition, caller, func(snapshot.OpenIDConnectProvider) bool { return true },
		func(reader *aws.Reader) fact.Fact[snapshot.OpenIDConnectProvider] {
			return ask(ctx, c, providerARNQuestion{reader, arn})
		})
	switch {
	case f.Absent():
		c.flight.start(func() { c.nearMisses(ctx, q.roleARN, issuer) })
		begin(ctx, c, vpcEndpointsQuestion{})
	case f.Known() && !q.listed:
		c.flight.start(func() { c.formerProviders(ctx, q.roleARN, arn) })
	}
	return f
}

// maxFormer bounds how many providers are looked at that a trust policy names in place of the right one.
const maxFormer = 2

// formerProviders reads whether the providers exist that a role's trust policy names, where it does not name the right one:
// the statement of a provider that is gone is dead.
func (c *collector) formerProviders(ctx context.Context, roleARN, right string) {
	parsed, _ := snapshot.ParseARN(roleARN)
	role, known := ask(ctx, c, roleQuestion{roleARN}).Get()
	if !known {
		return
	}
	policy, err := trust.ParseReturned([]byte(role.AssumeRolePolicyDocument))
	if err != nil || slices.Contains(policy.Principals(), trust.Principal{Type: trust.Federated, ID: right}) {
		return
	}
	reader, ok := c.readerOf(parsed.Partition, parsed.Account, c.caller(ctx)) // asks whose the credentials are: not before it matters
	if !ok {
		return
	}
	former := 0
	for _, named := range policy.Principals() {
		arn, ok := snapshot.ParseARN(named.ID)
		if named.Type != trust.Federated || !ok || arn.Account != parsed.Account || !strings.HasPrefix(arn.Resource, "oidc-provider/") || strings.ContainsAny(named.ID, "*?") {
			continue
		}
		if former++; former > maxFormer {
			return
		}
		if ask(ctx, c, otherProviderQuestion{reader, named.ID}).Absent() {
			c.record.gone(snapshot.Missing{Resource: getProvider, Name: named.ID, Account: parsed.Account})
		}
	}
}

const (
	getProvider   = "iam:GetOpenIDConnectProvider"
	listProviders = "iam:ListOpenIDConnectProviders"
)

// A providerARNQuestion asks a reader for an OIDC provider, and takes it down.
type providerARNQuestion struct {
	reader *aws.Reader
	arn    string
}

func (q providerARNQuestion) find(ctx context.Context, c *collector) fact.Fact[snapshot.OpenIDConnectProvider] {
	f := request(c, func() fact.Fact[snapshot.OpenIDConnectProvider] { return q.reader.OpenIDConnectProvider(ctx, q.arn) })
	if provider, ok := f.Get(); ok {
		c.record.amazon(func(a *snapshot.AWS) { a.OpenIDConnectProviders = append(a.OpenIDConnectProviders, provider) })
	}
	return f
}

// A providersQuestion asks a reader for the ARNs of the OIDC providers of its account.
type providersQuestion struct{ reader *aws.Reader }

func (q providersQuestion) find(ctx context.Context, c *collector) fact.Fact[[]string] {
	return request(c, func() fact.Fact[[]string] { return q.reader.OpenIDConnectProviders(ctx) })
}

// maxNearMisses bounds how many providers are looked at where the right one is missing.
const maxNearMisses = 20

// nearMisses reads the providers that look like the issuer's, and those that the role's trust policy names: where the
// right one does not exist, somebody may have meant one of them.
func (c *collector) nearMisses(ctx context.Context, roleARN, issuer string) {
	parsed, _ := snapshot.ParseARN(roleARN)
	reader, ok := c.readerOf(parsed.Partition, parsed.Account, c.caller(ctx))
	if !ok {
		return
	}
	f := ask(ctx, c, providersQuestion{reader})
	if gap, refused := f.Gap(); refused {
		c.record.refused(snapshot.Missing{Resource: listProviders, Account: parsed.Account}, gap.Reason)
	}
	list, _ := f.Get()
	role, _ := ask(ctx, c, roleQuestion{roleARN}).Get()
	near := 0
	for _, arn := range list {
		if !looksLike(arn, issuer) && !strings.Contains(string(role.AssumeRolePolicyDocument), arn) {
			continue
		}
		if near++; near > maxNearMisses {
			return
		}
		begin(ctx, c, otherProviderQuestion{reader, arn})
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

// An otherProviderQuestion asks for a provider that is not the issuer's own.
type otherProviderQuestion struct {
	reader *aws.Reader
	arn    string
}

func (q otherProviderQuestion) find(ctx context.Context, c *collector) fact.Fact[snapshot.OpenIDConnectProvider] {
	f := ask(ctx, c, providerARNQuestion(q))
	if gap, ok := f.Gap(); ok {
		c.record.refused(snapshot.Missing{Resource: getProvider, Name: q.arn}, gap.Reason)
	}
	return f
}

// everyProvider reads all OIDC providers of the caller's account.
func (c *collector) everyProvider(ctx context.Context) {
	f := ask(ctx, c, providersQuestion{c.account})
	if gap, refused := f.Gap(); refused {
		c.record.refused(snapshot.Missing{Resource: listProviders}, gap.Reason)
		return
	}
	list, _ := f.Get()
	for _, arn := range list {
		begin(ctx, c, otherProviderQuestion{c.account, arn})
	}
	c.record.complete(listProviders, "")
	c.record.complete(getProvider, "")
}
