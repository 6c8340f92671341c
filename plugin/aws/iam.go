package aws

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/tally"
)

// iamPage is the most that one answer of an IAM list holds (IAM API reference, MaxItems).
const iamPage = 1000

// A Caller is whose the credentials are.
type Caller struct{ Account, Arn string }

// Caller reads whose the credentials are.
func (r *Reader) Caller(ctx context.Context) fact.Fact[Caller] {
	return ask(ctx, r, "sts:GetCallerIdentity", never, func(ctx context.Context) (Caller, error) {
		out, err := r.sts().GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}, func(o *sts.Options) { o.Region = r.homeRegion("") })
		if err != nil {
			return Caller{}, err
		}
		if aws.ToString(out.Account) == "" {
			return Caller{}, errEmpty
		}
		return Caller{Account: *out.Account, Arn: aws.ToString(out.Arn)}, nil
	})
}

// Role reads a role by the name that its ARN ends in. IAM finds a role of the credentials' own account only: the
// ARN that it answers with may be of another account, or have another path, than the one asked for.
func (r *Reader) Role(ctx context.Context, arn string) fact.Fact[snapshot.Role] {
	parsed, _ := snapshot.ParseARN(arn)
	name := parsed.RoleName()
	return ask(ctx, r, "iam:GetRole "+name, noSuchEntity, func(ctx context.Context) (snapshot.Role, error) {
		out, err := r.iam().GetRole(ctx, &iam.GetRoleInput{RoleName: &name}, r.iamIn(parsed.Partition))
		tally.Read(ctx, "roles", 1) // also one that is not there
		if err != nil {
			return snapshot.Role{}, err
		}
		if out.Role == nil {
			return snapshot.Role{}, errEmpty
		}
		return roleFrom(out.Role), nil
	})
}

// AttachedPolicies lists the managed policies attached to a role.
func (r *Reader) AttachedPolicies(ctx context.Context, arn string) fact.Fact[[]snapshot.AttachedPolicy] {
	parsed, _ := snapshot.ParseARN(arn)
	name := parsed.RoleName()
	return ask(ctx, r, "iam:ListAttachedRolePolicies "+name, noSuchEntity, func(ctx context.Context) ([]snapshot.AttachedPolicy, error) {
		return pages(func(marker *string) ([]snapshot.AttachedPolicy, more, error) {
			out, err := r.iam().ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &name, Marker: marker}, r.iamIn(parsed.Partition))
			if err != nil {
				return nil, more{}, err
			}
			found := each(out.AttachedPolicies, func(p *types.AttachedPolicy) snapshot.AttachedPolicy {
				return snapshot.AttachedPolicy{PolicyArn: aws.ToString(p.PolicyArn)}
			})
			return found, marked(out.IsTruncated, out.Marker), nil
		})
	})
}

// InlinePolicies lists a role's inline policies, of which only the count is kept.
func (r *Reader) InlinePolicies(ctx context.Context, arn string) fact.Fact[[]snapshot.InlinePolicyName] {
	parsed, _ := snapshot.ParseARN(arn)
	name := parsed.RoleName()
	return ask(ctx, r, "iam:ListRolePolicies "+name, noSuchEntity, func(ctx context.Context) ([]snapshot.InlinePolicyName, error) {
		return pages(func(marker *string) ([]snapshot.InlinePolicyName, more, error) {
			out, err := r.iam().ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &name, Marker: marker}, r.iamIn(parsed.Partition))
			if err != nil {
				return nil, more{}, err
			}
			return each(out.PolicyNames, func(*string) snapshot.InlinePolicyName { return snapshot.InlinePolicyName{} }), marked(out.IsTruncated, out.Marker), nil
		})
	})
}

// Roles lists all roles of the account, with their trust policies.
func (r *Reader) Roles(ctx context.Context) fact.Fact[[]snapshot.Role] {
	return ask(ctx, r, "iam:ListRoles", never, func(ctx context.Context) ([]snapshot.Role, error) {
		return pages(func(marker *string) ([]snapshot.Role, more, error) {
			out, err := r.iam().ListRoles(ctx, &iam.ListRolesInput{Marker: marker, MaxItems: aws.Int32(iamPage)}, r.iamIn(""))
			if err != nil {
				return nil, more{}, err
			}
			found := each(out.Roles, roleFrom)
			tally.Expect(ctx, "roles", len(found)) // how many follow IAM does not say
			tally.Read(ctx, "roles", len(found))
			return found, marked(out.IsTruncated, out.Marker), nil
		})
	})
}

// OpenIDConnectProvider reads one OIDC provider.
func (r *Reader) OpenIDConnectProvider(ctx context.Context, arn string) fact.Fact[snapshot.OpenIDConnectProvider] {
	parsed, _ := snapshot.ParseARN(arn)
	return ask(ctx, r, "iam:GetOpenIDConnectProvider "+arn, noSuchEntity, func(ctx context.Context) (snapshot.OpenIDConnectProvider, error) {
		out, err := r.iam().GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn}, r.iamIn(parsed.Partition))
		if err != nil {
			return snapshot.OpenIDConnectProvider{}, err
		}
		if out.Url == nil || out.ClientIDList == nil {
			return snapshot.OpenIDConnectProvider{}, errEmpty
		}
		return snapshot.OpenIDConnectProvider{
			Arn: arn, URL: aws.ToString(out.Url), ClientIDList: out.ClientIDList, ThumbprintList: out.ThumbprintList,
		}, nil
	})
}

// OpenIDConnectProviders lists the ARNs of the account's OIDC providers.
func (r *Reader) OpenIDConnectProviders(ctx context.Context) fact.Fact[[]string] {
	return ask(ctx, r, "iam:ListOpenIDConnectProviders", never, func(ctx context.Context) ([]string, error) {
		out, err := r.iam().ListOpenIDConnectProviders(ctx, &iam.ListOpenIDConnectProvidersInput{}, r.iamIn(""))
		if err != nil {
			return nil, err
		}
		found := each(out.OpenIDConnectProviderList, func(p *types.OpenIDConnectProviderListEntry) string { return aws.ToString(p.Arn) })
		if found == nil {
			return nil, errEmpty
		}
		return found, nil // IAM has no pages of them
	})
}

// InstanceProfile reads an instance profile by the name that its ARN ends in.
func (r *Reader) InstanceProfile(ctx context.Context, arn string) fact.Fact[snapshot.InstanceProfile] {
	parsed, _ := snapshot.ParseARN(arn)
	name := parsed.Resource[strings.LastIndex(parsed.Resource, "/")+1:]
	return ask(ctx, r, "iam:GetInstanceProfile "+name, noSuchEntity, func(ctx context.Context) (snapshot.InstanceProfile, error) {
		out, err := r.iam().GetInstanceProfile(ctx, &iam.GetInstanceProfileInput{InstanceProfileName: &name}, r.iamIn(parsed.Partition))
		if err != nil {
			return snapshot.InstanceProfile{}, err
		}
		if out.InstanceProfile == nil || out.InstanceProfile.Roles == nil {
			return snapshot.InstanceProfile{}, errEmpty
		}
		p := snapshot.InstanceProfile{
			InstanceProfileName: aws.ToString(out.InstanceProfile.InstanceProfileName), Arn: aws.ToString(out.InstanceProfile.Arn),
		}
		p.Roles = each(out.InstanceProfile.Roles, roleFrom)
		return p, nil
	})
}

func (r *Reader) iamIn(partition string) func(*iam.Options) {
	return func(o *iam.Options) { o.Region = r.homeRegion(partition) }
}

func roleFrom(role *types.Role) snapshot.Role {
	text := aws.ToString(role.AssumeRolePolicyDocument)
	document, err := snapshot.DecodePolicy(text)
	if err != nil {
		// Kept as it is: that it cannot be decoded is for the trust policy's check to say.
		document = snapshot.PolicyDocument(text)
	}
	return snapshot.Role{
		RoleName: aws.ToString(role.RoleName), Arn: aws.ToString(role.Arn), Path: aws.ToString(role.Path),
		AssumeRolePolicyDocument: document, MaxSessionDuration: aws.ToInt32(role.MaxSessionDuration),
	}
}

// utc keeps a time independent of the machine that read it; nil is the zero time.
func utc(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
