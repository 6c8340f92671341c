package subject

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// FromNode is what a container wants that relies on the node's role: credentials of the instance metadata
// service. The webhook injects nothing for it.
const FromNode inject.Mechanism = "imds"

// A Container is what one container gets, and from where.
type Container struct {
	inject.Container
	// Spec is the container as the pod has it.
	Spec *corev1.Container
	// Wants is the mechanism by which the container should get its role: none where no role is configured.
	Wants inject.Mechanism
	// RoleARN is the role that the container's web identity, or its association, asks for.
	RoleARN string
	// Environment is what the container offers its SDK.
	Environment sdk.Environment
	Variables   Variables
	// Credentials and Config are the shared files that volumes put where an SDK looks for them.
	Credentials, Config inject.SharedFile
	// Profiles are what SDKs find in them.
	Profiles inject.Profiles
	// Reach is whether the instance metadata service, at the address that the container uses, answers it.
	Reach    Reach
	Outcomes []sdk.Outcome
	Provider sdk.Provider
	Gaps     []fact.Gap // why Provider is unknown, where it is
	// Judgement is what STS can be expected to answer to the container's web identity.
	Judgement *RoleJudgement
}

// containers derives what every container of the pod offers its SDK, and what it wants. What AWS and the
// agent answer comes later, in [Subject.resolve].
func (s *Intended) containers() []*Container {
	var list []*Container
	specs := inject.ContainersOf(s.Pod)
	for i, read := range s.Reading.Containers {
		c := &Container{Container: read, Spec: specs[i], Variables: s.variables(specs[i])}
		c.Credentials, c.Config = inject.SharedFiles(s.Pod, c.Spec, c.Variables.Environment, s.sources())
		c.Profiles = inject.ProfilesOf(c.Variables.Environment, c.Credentials, c.Config)
		c.Environment = inject.Offers(c.Variables.Environment, c.Profiles)
		c.Reach = s.reach(c)
		c.Wants = s.mechanismFor(c)
		list = append(list, c)
	}
	return list
}

// resolve derives what every container gets.
func (s *Subject) resolve() {
	for _, c := range s.Containers {
		c.Environment.WebIdentity = s.webIdentity(c)
		c.Environment.Container = s.containerCredentials(c)
		s.profileToken(c)
		c.Environment.IMDS = s.imds(c)
		c.Gaps = append(c.Gaps, c.ownGaps()...)
		c.Outcomes = sdk.Evaluate(c.Environment, s.SDKs()...)
		c.Provider = sdk.Agree(c.Outcomes)
	}
}

// ownGaps returns what is unknown about the container's own settings.
func (c *Container) ownGaps() []fact.Gap {
	var gaps []fact.Gap
	if c.Environment.Static == sdk.Maybe {
		gaps = append(gaps, c.Variables.Gaps("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")...)
	}
	if c.ProfileUnknown() {
		gaps = append(gaps, c.ProfileGaps()...)
	}
	return gaps
}

// ProfileUnknown reports whether it is unknown which profile some SDK finds, or what that profile gives.
func (c *Container) ProfileUnknown() bool {
	unknown := func(s sdk.State) bool { return s == sdk.Maybe || s == sdk.Unknown || s == sdk.NamedMaybe }
	return unknown(c.Environment.Profile) || slices.ContainsFunc(c.Environment.ProfileOf[:], unknown)
}

// ProfileGaps returns what is unknown about the profile that an SDK would find.
func (c *Container) ProfileGaps() []fact.Gap {
	gaps := c.Variables.Gaps("AWS_PROFILE")
	for _, file := range []inject.SharedFile{c.Credentials, c.Config} {
		if file.Uncertain() && !HasGapAbout(gaps, WhatFile(file)) {
			gaps = append(gaps, fact.Gap{What: WhatFile(file), Reason: file.Why})
		}
	}
	_, named := c.Variables.Known("AWS_PROFILE")
	switch {
	case len(gaps) > 0:
	case c.Credentials.Known || c.Config.Known:
		gaps = append(gaps, fact.Gap{What: "how each SDK reads the shared files of container " + c.Name, Reason: "SDKs parse them in different ways"})
	case named:
		gaps = append(gaps, fact.Gap{What: "the profile that AWS_PROFILE names in container " + c.Name, Reason: "the image can contain its file"})
	}
	return gaps
}

// WhatFile names a shared file whose content is unknown: by where it comes from, and by its path where a variable names it.
func WhatFile(f inject.SharedFile) string {
	if f.Variable == "" || f.Path == "" {
		return f.From
	}
	return f.Path + " from " + f.From
}

// HasGapAbout reports whether one of the gaps is about that.
func HasGapAbout(gaps []fact.Gap, what string) bool {
	return slices.ContainsFunc(gaps, func(g fact.Gap) bool { return g.What == what })
}

// SDKs are the SDKs that the images use; all that there are where this is unknown.
func (s *Seen) SDKs() []sdk.Name {
	if len(s.Options.SDKs) > 0 {
		return s.Options.SDKs
	}
	return sdk.Names()
}

// mechanismFor decides by which mechanism a container should get its role. One that the pod's annotation
// leaves out should get one only if it shows that it uses AWS and brings no credentials, or is the only
// one.
func (s *Intended) mechanismFor(c *Container) inject.Mechanism {
	bound := s.Intent.Mechanism
	switch {
	case c.Type == inject.Ephemeral:
		return inject.None
	case c.brought() != inject.None && (bound == inject.None || c.Has(inject.SkippedByAnnotation)):
		return c.brought()
	case bound != inject.None && !c.Has(inject.SkippedByAnnotation):
		return bound
	case (bound == inject.None || c.Has(inject.SkippedByAnnotation)) && c.bringsProfile():
		return FromProfile
	case s.reliesOnNode(c):
		return FromNode
	case bound != inject.None && s.AsksForAWS(c):
		return bound
	default:
		return inject.None
	}
}

// brought is the mechanism whose variables the container has from its manifest. The webhook put nothing into one that the pod's
// annotation leaves out, even if it looks injected.
func (c *Container) brought() inject.Mechanism {
	if c.ByHand == inject.None && c.Has(inject.SkippedByAnnotation) {
		return c.Mechanism
	}
	return c.ByHand
}

// AsksForAWS reports whether a skipped container shows that it uses AWS: by its own AWS variable that
// brings no credentials, or because the pod has no other container.
func (s *Intended) AsksForAWS(c *Container) bool {
	if c.brought() != inject.None || c.Environment.Static != sdk.None || c.Environment.Profile != sdk.None {
		return false
	}
	return c.Variables.anyAWS() || len(s.Pod.Spec.Containers) == 1 && c.Type == inject.Ordinary
}

// webIdentity is what the container's web identity settings come to.
func (s *Subject) webIdentity(c *Container) sdk.State {
	role, roleSet := c.Variables.Known("AWS_ROLE_ARN")
	_, fileSet := c.Variables.Known("AWS_WEB_IDENTITY_TOKEN_FILE")
	maybe := c.Variables.maybe("AWS_ROLE_ARN") || c.Variables.maybe("AWS_WEB_IDENTITY_TOKEN_FILE")
	switch {
	case maybe:
		return sdk.Maybe
	case !roleSet && !fileSet:
		return sdk.None
	case !fileSet:
		return sdk.RoleOnly
	case !roleSet:
		return sdk.FileOnly
	}
	c.RoleARN = role
	c.Environment.STS = c.sts()
	if c.lacksToken(inject.WebIdentity) || s.UnixPathOnWindows(c) {
		return sdk.FileMissing
	}
	if inject.CheckRoleARN(role) == "" && c.SessionNameFault() != "" {
		return sdk.BadSession
	}
	if role == "" || role == snapshot.Redacted {
		return sdk.Unknown
	}
	c.Judgement = s.Judged(role, s.webIdentityAudience(c))
	state, gaps := c.Judgement.Answer()
	if elsewhere := c.stsElsewhere(); len(elsewhere) > 0 && state == sdk.OK {
		state, gaps = sdk.Unknown, elsewhere
	}
	c.Gaps = append(c.Gaps, gaps...)
	return state
}

// webIdentityAudience is the audience of the token that the container sends to STS. The reading of one that has the variables of
// both mechanisms shows the token of Pod Identity.
func (s *Seen) webIdentityAudience(c *Container) string {
	file := c.Variables.Get("AWS_WEB_IDENTITY_TOKEN_FILE")
	if !file.Known || file.Value == c.TokenFile {
		return s.AudienceOf(c.Container)
	}
	return s.AudienceOf(inject.ReadToken(s.Pod, c.Spec, file.Value))
}

// UnixPathOnWindows reports whether a container on Windows has a token path of Unix.
func (s *Seen) UnixPathOnWindows(c *Container) bool {
	if c.Has(inject.UnixPathOnWindows) {
		return true
	}
	_, wrong := inject.TokenOnWindows(c.Container)
	return s.Node.Windows && wrong
}

// containerCredentials is what the container's Pod Identity settings come to.
func (s *Subject) containerCredentials(c *Container) sdk.State {
	switch {
	case c.Environment.Container == sdk.None, c.Environment.Container == sdk.Maybe:
		return c.Environment.Container
	case !c.UsesAgent() || s.PodIdentity == nil:
		variable := FullURI
		if _, set := c.Variables.Known(FullURI); !set {
			variable = relativeURI
		}
		c.Gaps = append(c.Gaps, fact.Gap{What: variable + " of container " + c.Name, Reason: "the server at this address is unknown"})
		return sdk.Unknown
	case c.Variables.Get(relativeURI).Presence != inject.Unset:
		c.Gaps = append(c.Gaps, fact.Gap{What: relativeURI + " of container " + c.Name, Reason: "SDKs differ in whether it or " + FullURI + " counts"})
		return sdk.Unknown
	}
	if c.RoleARN == "" || c.Mechanism == inject.PodIdentity {
		c.RoleARN = s.Intent.PodIdentityRole()
	}
	c.Environment.Agent = c.agentAt()
	if c.lacksToken(inject.PodIdentity) {
		return sdk.TokenMissing
	}
	if s.AssociationGone() || c.sendsNoToken() {
		return sdk.Denied
	}
	state, gaps := s.PodIdentity.Answer()
	if state == sdk.OK {
		gaps = c.proxyGaps()
	}
	if len(gaps) > 0 {
		c.Gaps = append(c.Gaps, gaps...)
		return sdk.Unknown
	}
	return state
}

// The variables that name the place of container credentials (AWS SDKs and Tools Reference Guide, "Container
// credential provider").
const (
	FullURI     = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
	relativeURI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
)

// lacksToken reports whether the token of a mechanism is not there, or cannot be read.
func (c *Container) lacksToken(m inject.Mechanism) bool {
	return slices.ContainsFunc(c.Problems, func(p inject.Problem) bool {
		switch p.Kind {
		case inject.VolumeMissing, inject.MountMissing, inject.NotTheToken, inject.UnreadableToken:
			return p.Mechanism == m
		}
		return false
	})
}

// sendsNoToken reports whether the container asks the agent without a token, or with one for another audience:
// the agent then gives nothing (aws/eks-pod-identity-agent).
func (c *Container) sendsNoToken() bool {
	_, wrong := c.Problem(inject.OtherAudience, inject.PodIdentity)
	return wrong || c.Variables.First("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN").Presence == inject.Unset
}

// proxyGaps returns why it is unknown whether the container's request reaches the agent: SDKs differ in whether
// they follow a proxy there.
func (c *Container) proxyGaps() []fact.Gap {
	proxied, gaps := c.Proxied(c.AgentAddress())
	if proxied {
		return []fact.Gap{{What: "the connection from container " + c.Name + " to the Pod Identity agent", Reason: "a proxy is set, and NO_PROXY does not exclude the agent"}}
	}
	return gaps
}

// RoleOf is the role that a provider gives the container.
func (s *Subject) RoleOf(c *Container, p sdk.Provider) string {
	switch p {
	case sdk.WebIdentity:
		role, _ := c.Variables.Known("AWS_ROLE_ARN")
		return strings.TrimSpace(role)
	case sdk.PodIdentity:
		return s.Intent.PodIdentityRole()
	case sdk.IMDS:
		role, _ := s.Node.Role.Get()
		return role
	case sdk.Profile:
		return c.Profiles.RoleARN
	default:
		return ""
	}
}

// EitherWay is the role that the container gets by web identity and by Pod Identity alike, where its SDKs differ in which of the two
// they use; empty where that makes a difference, or none differ.
func (s *Subject) EitherWay(c *Container) string {
	var role string
	for _, o := range c.Outcomes {
		got := s.RoleOf(c, o.Provider)
		if o.Provider != sdk.WebIdentity && o.Provider != sdk.PodIdentity || got == "" || role != "" && got != role {
			return ""
		}
		role = got
	}
	return role
}

// BringsCredentials reports whether the container certainly has its own credentials, or settings that should lead to
// some.
func (c *Container) BringsCredentials() bool {
	certain := func(s sdk.State) bool { return s != sdk.None && s != sdk.Maybe && s != sdk.Unknown }
	return c.brought() != inject.None || certain(c.Environment.Static) || certain(c.Environment.Profile)
}

// Problem returns the problem of one kind and mechanism in the reading of a container.
func (c *Container) Problem(kind inject.ProblemKind, m inject.Mechanism) (inject.Problem, bool) {
	i := slices.IndexFunc(c.Problems, func(p inject.Problem) bool { return p.Kind == kind && p.Mechanism == m })
	if i < 0 {
		return inject.Problem{}, false
	}
	return c.Problems[i], true
}

// UsedMechanism is the one whose variables the container has: what it wants, or, where that is unknown, what
// it was given.
func (c *Container) UsedMechanism() inject.Mechanism {
	switch c.Wants {
	case inject.WebIdentity, inject.PodIdentity:
		if c.Mechanism != inject.None {
			return c.Mechanism
		}
		return c.Wants
	case "":
		if c.Mechanism != inject.None {
			return c.Mechanism
		}
		return c.ByHand
	default:
		return inject.None
	}
}

// ReadsVolume reports whether the container's token path leads into the volume of its reading.
func (c *Container) ReadsVolume() bool {
	file, mount := Slashed(c.TokenFile), strings.TrimSuffix(c.MountPath, "/")
	return c.Volume != "" && (file == mount || strings.HasPrefix(file, mount+"/"))
}

// Slashed returns a Windows path as a Unix one, without its drive.
func Slashed(file string) string {
	if drive, rest, ok := strings.Cut(file, ":"); ok && len(drive) == 1 {
		file = rest
	}
	return strings.ReplaceAll(file, `\`, "/")
}

// Uncertainty returns why it is unknown what the container gets.
func (c *Container) Uncertainty() []fact.Gap {
	if len(c.Gaps) > 0 {
		return c.Gaps
	}
	for _, o := range c.Outcomes {
		if o.Provider == sdk.Uncertain {
			return []fact.Gap{{What: "what " + string(o.SDK) + " uses in container " + c.Name, Reason: o.Note}}
		}
	}
	return nil
}

// ProviderOf is the provider that an SDK uses if the container gets its role by a mechanism.
func ProviderOf(m inject.Mechanism) sdk.Provider {
	switch m {
	case inject.WebIdentity:
		return sdk.WebIdentity
	case inject.PodIdentity:
		return sdk.PodIdentity
	case FromNode:
		return sdk.IMDS
	case FromProfile:
		return sdk.Profile
	default: // it is unknown whether anything asks for a role
		return ""
	}
}
