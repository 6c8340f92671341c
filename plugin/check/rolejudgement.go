package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// A RoleJudgement is what STS can be expected to say when a token of the pod asks for a role.
type RoleJudgement struct {
	RoleARN  string
	Audience string
	// Malformed says why STS does not take the ARN for one; empty if it does.
	Malformed string

	ARN         evidence.ARN
	Role        evidence.Fact[evidence.Role]
	ProviderARN string // empty where the issuer is not known
	Provider    evidence.Fact[evidence.OpenIDConnectProvider]
	Policy      *trust.Policy
	PolicyError error
	Request     trust.Request
	Decision    *trust.Decision
}

// judgeRole judges one role for the pod's token with that audience.
func (s *Subject) judgeRole(roleARN, audience string) *RoleJudgement {
	j := &RoleJudgement{RoleARN: roleARN, Audience: audience, Malformed: inject.CheckRoleARN(roleARN)}
	if j.Malformed != "" {
		return j
	}
	j.ARN, _ = evidence.ParseARN(roleARN)
	j.Role = s.Snapshot.Role(roleARN)
	if issuer, ok := s.Issuer.Get(); ok {
		j.ProviderARN = evidence.ProviderARN(j.ARN.Partition, j.ARN.Account, issuer)
		j.Provider = s.Snapshot.OpenIDConnectProvider(j.ProviderARN)
	} else {
		j.Provider = evidence.Map(s.Issuer, func(string) evidence.OpenIDConnectProvider { return evidence.OpenIDConnectProvider{} })
	}
	role, known := j.Role.Get()
	if !known || role.AssumeRolePolicyDocument == "" {
		return j
	}
	j.Policy, j.PolicyError = trust.Parse([]byte(role.AssumeRolePolicyDocument))
	if issuer, ok := s.Issuer.Get(); ok && j.PolicyError == nil {
		j.Request = trust.WebIdentity(trust.WebIdentityRequest{
			Issuer: issuer, Provider: j.ProviderARN, Subject: s.token(), Audiences: []string{audience}, RoleARN: roleARN,
			Region: s.Snapshot.Cluster().Region, Time: s.Snapshot.TakenAt(),
		})
		decision := j.Policy.Evaluate(j.Request)
		j.Decision = &decision
	}
	return j
}

// judgeRoles judges the role that the pod is meant to have, and those that a manifest names by itself.
func (s *Subject) judgeRoles() {
	if s.Intent.Mechanism == inject.WebIdentity && s.Intent.RoleARN != "" {
		s.role(s.Intent.RoleARN, s.intendedAudience())
	}
	for _, c := range s.Reading.Containers {
		if c.ByHand == inject.WebIdentity && s.Intent.Mechanism == inject.None && c.RoleARN != "" {
			s.role(c.RoleARN, c.Audience)
		}
	}
}

// intendedAudience is the audience that the webhook gives tokens now.
func (s *Subject) intendedAudience() string {
	if s.Binding.Audience != "" {
		return s.Binding.Audience
	}
	return trust.DefaultAudience
}

// role returns the judgement of a role, made once.
func (s *Subject) role(arn, audience string) *RoleJudgement {
	for _, j := range s.Roles {
		if j.RoleARN == arn && j.Audience == audience {
			return j
		}
	}
	j := s.judgeRole(arn, audience)
	s.Roles = append(s.Roles, j)
	return j
}

// Answer is what STS can be expected to say, as a state of an SDK's environment, and what is not known
// where it cannot be told.
func (j *RoleJudgement) Answer() (sdk.State, []evidence.Gap) {
	if j.Malformed != "" {
		if inject.CheckRoleARN(strings.TrimSpace(j.RoleARN)) == "" {
			return sdk.PaddedARN, nil
		}
		return sdk.MalformedARN, nil
	}
	provider, known := j.Provider.Get()
	switch {
	case j.Role.Absent(), j.Provider.Absent(), known && !slices.Contains(provider.ClientIDList, j.Audience), j.PolicyError != nil:
		return sdk.Denied, nil
	case j.Decision != nil && j.Decision.Verdict != trust.Allowed && j.Decision.Verdict != trust.Undetermined:
		return sdk.Denied, nil
	}
	var gaps []evidence.Gap
	if g, ok := j.Provider.Gap(); ok {
		gaps = append(gaps, g)
	}
	if g, ok := j.Role.Gap(); ok {
		gaps = append(gaps, g)
	}
	switch {
	case len(gaps) > 0 || j.Decision == nil:
		return sdk.Unknown, gaps
	case j.Decision.Verdict == trust.Undetermined:
		return sdk.Unknown, []evidence.Gap{{What: "the trust policy of role " + j.ARN.RoleName(), Reason: j.Decision.Reason}}
	default:
		return sdk.OK, nil
	}
}
