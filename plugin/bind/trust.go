package bind

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// trust plans that the role allows a request: the role itself where it does not exist, and its policies.
func (p *planner) trust(request trust.Request) error {
	if p.roleExists() {
		if err := p.grant(request); err != nil {
			return err
		}
	} else if err := p.create(request); err != nil {
		return err
	}
	for _, arn := range p.missing() {
		p.plan.add(change.AttachPolicy{RoleArn: p.request.RoleARN, PolicyArn: arn}, "the policies of the role decide what it may do")
	}
	return nil
}

func (p *planner) create(request trust.Request) error {
	document, err := trust.PolicyFor(request)
	if err != nil {
		return refusef("service account %s: %s", p.request.account(), err)
	}
	if len(p.request.PolicyARNs) == 0 {
		p.plan.warn("role %s has no permissions until a policy is attached to it: use --policy-arn", p.role.RoleName())
	}
	p.plan.add(change.CreateRole{
		Arn: p.request.RoleARN, Path: p.path(), Document: document,
		PermissionsBoundary: p.request.PermissionsBoundary, Tags: p.request.Tags,
	}, "the role trusts this service account only")
	return nil
}

// grant plans the edit of the trust policy of a role that exists.
func (p *planner) grant(request trust.Request) error {
	name := p.role.RoleName()
	if p.found.AssumeRolePolicyDocument == "" {
		return refusef("the trust policy of role %s is unknown: the answer of IAM has none", name)
	}
	policy, err := trust.ParseReturned([]byte(p.found.AssumeRolePolicyDocument))
	if err != nil {
		return refusef("the trust policy of role %s cannot be read: %s", name, err)
	}
	request = request.Without(subject.GoneProviders(p.snapshot, policy)...)
	edit, err := policy.Grant(request)
	p.warnOfOthers(policy, request, edit)
	if err := p.guardPatterns(policy, request); err != nil {
		return err
	}
	switch {
	case errors.Is(err, trust.ErrDenied):
		return refusef("role %s, trust policy, %s; a Deny is deliberate: change it together with its author", name, err)
	case err != nil:
		return refusef("role %s: %s", name, err)
	case edit.Size > trust.QuotaMaximum:
		return refusef("role %s: %s", name, overQuota(edit.Size, trust.QuotaMaximum))
	}
	if edit.Verdict == trust.Undetermined {
		p.plan.warn("whether role %s allows %s depends on what is unknown here: %s", name, p.request.account(), conditions(edit, request))
	}
	if edit.Summary == "" {
		return nil
	}
	if before := trust.Size([]byte(p.found.AssumeRolePolicyDocument)); edit.Size > trust.QuotaDefault && before <= trust.QuotaDefault {
		p.plan.warn("role %s: %s", name, overQuota(edit.Size, trust.QuotaDefault))
	}
	p.plan.add(change.Grant{
		EditTrust: change.EditTrust{RoleArn: p.found.Arn, What: edit.In(name), Document: string(edit.Document)},
		Before:    string(p.found.AssumeRolePolicyDocument), Request: request,
	}, "it adds this service account and nobody else")
	return nil
}

// overQuota says what can be done about a trust policy that is too long.
func overQuota(size, quota int) string {
	what := "the default quota of"
	if quota == trust.QuotaMaximum {
		what = "the largest quota of"
	}
	return fmt.Sprintf("the trust policy would have %d characters, more than %s %d: remove statements of deleted clusters, "+
		"use a second role with the same policies, or EKS Pod Identity (--pod-identity); the quota can be raised to %d (Service Quotas, L-C07B4B0D)",
		size, what, quota, trust.QuotaMaximum)
}

// conditions are what the edited policy's verdict depends on.
func conditions(edit trust.Edit, request trust.Request) string {
	policy, err := trust.Parse(edit.Document)
	if err != nil {
		return err.Error()
	}
	return strings.Join(policy.Evaluate(request).Conditions, "; ")
}

// warnOfOthers says who else the role's trust policy allows, as far as it names them and the edit leaves them. The service
// account itself is nobody else, by whichever mechanism it is allowed.
func (p *planner) warnOfOthers(policy *trust.Policy, request trust.Request, edit trust.Edit) {
	others := p.others(policy, request)
	if after, err := trust.Parse(edit.Document); err == nil && edit.Summary != "" {
		left := p.others(after, request)
		others = slices.DeleteFunc(others, func(who string) bool { return !slices.Contains(left, who) })
	}
	if len(others) > 0 {
		p.plan.warn("role %s also trusts others: %s", p.role.RoleName(), few(others))
	}
}

// others are those, beside the service account, that a policy names; request asks for the service account.
func (p *planner) others(policy *trust.Policy, request trust.Request) []string {
	var others []string
	add := func(who string) {
		if !slices.Contains(others, who) {
			others = append(others, who)
		}
	}
	tokens, ofCluster := p.tokens(request)
	for _, named := range policy.Exposure(tokens).Exact {
		if ofCluster && named != p.subject().String() && named != "" {
			add(strings.TrimPrefix(named, "system:serviceaccount:"))
		}
	}
	for _, principal := range policy.Principals() {
		switch {
		case principal == request.Principal(), ofCluster && principal == tokens.Principal():
		case principal.ID == trust.PodIdentityService:
			add("EKS Pod Identity")
		case principal.Type == trust.Federated:
			add("service accounts or users of " + issuerOf(principal.ID))
		default:
			add(principal.ID)
		}
	}
	return others
}

// tokens is the request that the service account makes with a token of the cluster; ok is false where the cluster's issuer is
// unknown.
func (p *planner) tokens(request trust.Request) (r trust.Request, ok bool) {
	if request.Principal().Type == trust.Federated {
		return request, true
	}
	if p.issuer == "" {
		p.issuer, _ = p.snapshot.Issuer().Get()
	}
	if p.issuer == "" {
		return request, false
	}
	return p.webIdentityRequest(), true
}

func issuerOf(provider string) string {
	arn, ok := snapshot.ParseARN(provider)
	if !ok {
		return provider
	}
	return strings.TrimPrefix(arn.Resource, "oidc-provider/")
}

// few names the first of many.
func few(names []string) string {
	const shown = 8
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
