package subject

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// A RoleJudgement is what STS can be expected to answer when a token of the pod requests a role.
type RoleJudgement struct {
	NamedRole
	Audience string

	ProviderARN string // empty where the issuer is unknown
	Provider    fact.Fact[snapshot.OpenIDConnectProvider]
	Policy      *trust.Policy
	PolicyError error
	Request     trust.Request
	// Decision is nil where it cannot be made. Where the issuer is unknown, it is made only if it is the
	// same for every issuer.
	Decision *trust.Decision
	// refused says that no token of the pod is accepted, whatever the trust policy is.
	refused bool
}

// judgeRole judges one role for the pod's token with that audience.
func (s *Subject) judgeRole(roleARN, audience string) *RoleJudgement {
	j := &RoleJudgement{NamedRole: s.namedRole(roleARN), Audience: audience, refused: s.IssuerFault.Cause != IssuerUsable || s.TooLong()}
	if j.Malformed != "" {
		return j
	}
	if s.IssuerFault.Missing() {
		j.Moot = MootIssuerMissing
	}
	issuer, issuerKnown := s.Issuer.Get()
	if issuerKnown {
		j.ProviderARN = snapshot.ProviderARN(j.ARN.Partition, j.ARN.Account, issuer)
		j.Provider = s.Snapshot.OpenIDConnectProvider(j.ProviderARN)
	} else {
		j.Provider = fact.Map(s.Issuer, func(string) snapshot.OpenIDConnectProvider { return snapshot.OpenIDConnectProvider{} })
	}
	document := j.Document()
	if document == "" {
		return j
	}
	if j.Policy, j.PolicyError = trust.ParseReturned([]byte(document)); j.PolicyError != nil {
		return j
	}
	j.Request = trust.WebIdentity(trust.WebIdentityRequest{
		Issuer: issuer, Subject: s.TokenSubject(), Audiences: []string{audience}, RoleARN: j.ARN.String(),
		Region: s.call.region, SessionName: s.call.sessionName, Time: s.Snapshot.TakenAt(),
	}).Without(GoneProviders(s.Snapshot, j.Policy)...)
	if issuerKnown || !j.Policy.Valid() || !trustsFederation(j.Policy) {
		decision := j.Policy.Evaluate(j.Request)
		j.Decision = &decision
	}
	return j
}

// GoneProviders are the OIDC providers that a trust policy names and that are known not to exist.
func GoneProviders(s *snapshot.Snapshot, policy *trust.Policy) []string {
	var gone []string
	for _, named := range policy.Principals() {
		if named.Type == trust.Federated && strings.Contains(named.ID, ":oidc-provider/") && s.OpenIDConnectProvider(named.ID).Absent() {
			gone = append(gone, named.ID)
		}
	}
	return gone
}

// Document is the trust policy's text; empty where it was not read.
func (j *RoleJudgement) Document() snapshot.PolicyDocument {
	role, _ := j.Found()
	return role.AssumeRolePolicyDocument
}

// trustsFederation reports whether an Allow names an identity provider, or everybody.
func trustsFederation(p *trust.Policy) bool {
	return slices.ContainsFunc(p.Principals(), func(named trust.Principal) bool {
		return named.Type == trust.Federated || named.ID == "*"
	})
}

// TooLong reports whether the token's subject is one that STS does not take.
func (s *Seen) TooLong() bool { return len([]rune(s.TokenSubject())) > trust.MaxSubject }

// assignRoles judges the roles that the containers should assume: the one that the pod is bound to, or those
// that a manifest names by itself.
func (s *Subject) assignRoles() {
	for _, c := range s.Containers {
		if c.Wants == FromProfile {
			s.assignProfileRole(c)
		}
		if c.Wants != inject.WebIdentity {
			continue
		}
		arn, audience := s.Intent.RoleARN, s.IntendedAudience()
		switch {
		case s.Intent.Mechanism == inject.None || c.Has(inject.SkippedByAnnotation) && c.brought() == inject.WebIdentity:
			arn, audience = c.RoleARN, s.AudienceOf(c.Container)
		case s.Binding.RoleARN == "": // gone since, so the token's own audience is what is left
			audience = s.AudienceOf(c.Container)
		}
		// A token for the API server was not meant: role and provider are judged for the one that is, unless AWS takes it.
		if s.ForAPIServer(audience) {
			if state, _ := s.Judged(arn, audience).Answer(); state == sdk.Denied {
				audience = s.IntendedAudience()
			}
		}
		// An annotation that came later does not take from the container what its own token gets it.
		if own := s.AudienceOf(c.Container); own != audience && arn == c.RoleARN {
			if state, _ := s.Judged(arn, own).Answer(); state == sdk.OK {
				audience = own
			}
		}
		if arn == "" || arn == snapshot.Redacted {
			s.UnnamedRoles = append(s.UnnamedRoles, fact.Gap{What: "AWS_ROLE_ARN of container " + c.Name, Reason: "its value is unknown"})
			continue
		}
		s.assign(c, s.Judged(arn, audience))
	}
}

func (s *Subject) assign(c *Container, j *RoleJudgement) {
	j.Containers = append(j.Containers, c.Name)
	if !slices.Contains(s.Roles, j) {
		s.Roles = append(s.Roles, j)
	}
}

// Judged returns the judgement of a role, made once.
func (s *Subject) Judged(arn, audience string) *RoleJudgement {
	for _, j := range s.judgements {
		if j.RoleARN == arn && j.Audience == audience {
			return j
		}
	}
	j := s.judgeRole(arn, audience)
	s.judgements = append(s.judgements, j)
	return j
}

// IntendedAudience is the audience that the webhook gives tokens now.
func (s *Seen) IntendedAudience() string {
	if s.Binding.Audience != "" {
		return s.Binding.Audience
	}
	return trust.DefaultAudience
}

// eksAudience is the audience of a token for the API server in clusters of EKS: their --api-audiences.
const eksAudience = "https://kubernetes.default.svc"

// AudienceOf is the audience of the token that a container has: that of its projection. A projection that
// names none gives a token for the API server, whose audience is by default its issuer (kube-apiserver,
// --api-audiences). Where there is no projected token, it is the one that is meant.
func (s *Seen) AudienceOf(c inject.Container) string {
	switch {
	case c.Audience != "":
		return c.Audience
	case c.Volume == "" || c.ExpirationSeconds == 0 || !s.Issuer.Known():
		return s.IntendedAudience()
	default:
		return s.apiAudience()
	}
}

// apiAudience is the audience of a projected token that names none, as far as the issuer is known.
func (s *Seen) apiAudience() string {
	issuer, _ := s.Issuer.Get()
	if issuer == "" || snapshot.IsEKSIssuer(issuer) {
		return eksAudience
	}
	return issuer
}

// ForAPIServer reports whether an audience is that of the tokens with which pods call the cluster's API server.
func (s *Seen) ForAPIServer(audience string) bool {
	issuer, _ := s.Issuer.Get()
	return inject.ForAPIServer(audience, issuer)
}

// A call is what is known of the containers' calls of AssumeRoleWithWebIdentity; what is empty is unknown, or
// differs between them.
type call struct {
	region      string // of the STS endpoint
	sessionName string // AWS_ROLE_SESSION_NAME; the SDK makes one up otherwise
}

func (s *Equipped) callOf() call {
	var all []call
	for _, c := range s.Containers {
		if c.Wants != inject.WebIdentity {
			continue
		}
		one := call{}
		if s.STSCalls(c).Regional() || s.wouldBeRegional(c) {
			one.region = s.RegionOf(c)
		}
		if name, _ := c.Variables.Known(SessionName); name != snapshot.Redacted {
			one.sessionName = name
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return call{}
	}
	common := all[0]
	for _, one := range all {
		if one.region != common.region {
			common.region = ""
		}
		if one.sessionName != common.sessionName {
			common.sessionName = ""
		}
	}
	return common
}

// wouldBeRegional reports whether a container into which nothing was injected would be configured to call the regional
// endpoint.
func (s *Seen) wouldBeRegional(c *Container) bool {
	return s.Binding.RegionalSTS && c.Mechanism == inject.None && c.ByHand == inject.None && c.CustomSTS() == ""
}

// Answer is what STS can be expected to answer, as a state of an SDK's environment, and the gaps
// where that is unknown.
func (j *RoleJudgement) Answer() (sdk.State, []fact.Gap) {
	if j.Malformed != "" {
		if inject.CheckRoleARN(strings.TrimSpace(j.RoleARN)) == "" {
			return sdk.PaddedARN, nil
		}
		return sdk.MalformedARN, nil
	}
	provider, known := j.Provider.Get()
	switch {
	case j.refused, j.Role.Absent(), j.Provider.Absent(), known && !slices.Contains(provider.ClientIDList, j.Audience), j.PolicyError != nil:
		return sdk.Denied, nil
	case j.Decision != nil && !j.Decision.Verdict.MayAllow():
		return sdk.Denied, nil
	}
	var gaps []fact.Gap
	if g, ok := j.Provider.Gap(); ok {
		gaps = append(gaps, g)
	}
	if g, ok := j.Role.Gap(); ok {
		gaps = append(gaps, g)
	}
	switch {
	case len(gaps) > 0:
		return sdk.Unknown, gaps
	case j.Decision == nil:
		return sdk.Unknown, []fact.Gap{{What: j.Role.Source(), Reason: NoTrustPolicy}}
	case j.Decision.Verdict == trust.Undetermined:
		return sdk.Unknown, []fact.Gap{{What: "the trust policy of role " + j.ARN.RoleName(), Reason: j.Decision.Reason}}
	default:
		return sdk.OK, nil
	}
}

// NoTrustPolicy is why nothing is known of the trust policy of a role that was read.
const NoTrustPolicy = "the answer has no trust policy"
