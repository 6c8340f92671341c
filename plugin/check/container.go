package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// A Container is what one container gets, and from where.
type Container struct {
	inject.Container
	// Wants is the mechanism that the container is to get its role by: none where nothing asks for one.
	Wants inject.Mechanism
	// RoleARN is the role that the container's web identity, or its association, asks for.
	RoleARN string
	// Environment is what the container offers its SDK.
	Environment sdk.Environment
	Variables   Variables
	Outcomes    []sdk.Outcome
	Provider    sdk.Provider
	Gaps        []evidence.Gap // why Provider is not known, where it is not
	// RoleDenied and the like say what STS, or the agent, can be expected to answer.
	Judgement *RoleJudgement
}

// containers pictures every container of the pod.
func (s *Subject) containers() []*Container {
	var list []*Container
	for _, read := range s.Reading.Containers {
		c := &Container{Container: read, Variables: s.variables(read.Name)}
		c.Wants = s.wants(read)
		c.Environment.Static = c.Variables.staticKeys()
		c.Environment.WebIdentity = s.webIdentity(c)
		c.Environment.Container = s.containerCredentials(c)
		c.Environment.Profile = c.Variables.profile()
		c.Environment.IMDS = s.imds(c)
		c.Environment.Region = c.Variables.region()
		c.Outcomes = sdk.Evaluate(c.Environment, s.sdks()...)
		c.Provider = sdk.Agree(c.Outcomes)
		list = append(list, c)
	}
	return list
}

func (s *Subject) sdks() []sdk.Name {
	if len(s.Options.SDKs) > 0 {
		return s.Options.SDKs
	}
	return sdk.Names()
}

// wants says by which mechanism a container is to get its role. One that the pod's annotation leaves out
// wants one only if it shows that it uses AWS and brings nothing of its own, or is the only one.
func (s *Subject) wants(c inject.Container) inject.Mechanism {
	switch {
	case c.Type == inject.Ephemeral:
		return inject.None
	case c.ByHand != inject.None && s.Intent.Mechanism == inject.None:
		return c.ByHand
	case !c.Has(inject.SkippedByAnnotation):
		return s.Intent.Mechanism
	case s.asksForAWS(c):
		return s.Intent.Mechanism
	default:
		return inject.None
	}
}

// asksForAWS reports whether a skipped container shows that it uses AWS: by an AWS variable of its own that
// brings no credentials, or because the pod has no other container.
func (s *Subject) asksForAWS(c inject.Container) bool {
	variables := s.variables(c.Name)
	if c.ByHand != inject.None || variables.staticKeys() != sdk.None || variables.profile() != sdk.None {
		return false
	}
	return variables.anyAWS() || len(s.Pod.Spec.Containers) == 1 && c.Type == inject.Ordinary
}

// webIdentity is what the container's web identity settings come to.
func (s *Subject) webIdentity(c *Container) sdk.State {
	role, roleSet := c.Variables.known("AWS_ROLE_ARN")
	_, fileSet := c.Variables.known("AWS_WEB_IDENTITY_TOKEN_FILE")
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
	if c.Has(inject.VolumeMissing) || c.Has(inject.MountMissing) || c.Has(inject.NotTheToken) || s.unixPathOnWindows(c) || c.Has(inject.UnreadableToken) {
		return sdk.FileMissing
	}
	if role == "" || role == evidence.Redacted {
		return sdk.Unknown
	}
	audience := c.Audience
	if audience == "" {
		audience = s.intendedAudience()
	}
	c.Judgement = s.judged(role, audience)
	state, gaps := c.Judgement.Answer()
	c.Gaps = append(c.Gaps, gaps...)
	return state
}

// judged is the judgement of a role that a container asks for; it does not become one of the roles that
// the checks speak of.
func (s *Subject) judged(role, audience string) *RoleJudgement {
	for _, j := range s.Roles {
		if j.RoleARN == role && j.Audience == audience {
			return j
		}
	}
	return s.judgeRole(role, audience)
}

func (s *Subject) unixPathOnWindows(c *Container) bool {
	if c.Has(inject.UnixPathOnWindows) {
		return true
	}
	_, wrong := inject.TokenOnWindows(c.Container)
	return s.Node.Windows && wrong
}

// containerCredentials is what the container's Pod Identity settings come to.
func (s *Subject) containerCredentials(c *Container) sdk.State {
	uri, set := c.Variables.known("AWS_CONTAINER_CREDENTIALS_FULL_URI")
	if c.Variables.maybe("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
		return sdk.Maybe
	}
	if !set {
		return sdk.None
	}
	if uri != inject.PodIdentityURI && uri != inject.PodIdentityURIv6 || s.PodIdentity == nil {
		return sdk.Unknown
	}
	if c.RoleARN == "" || c.Mechanism == inject.PodIdentity {
		c.RoleARN = s.Intent.podIdentityRole()
	}
	if c.Has(inject.VolumeMissing) || c.Has(inject.MountMissing) {
		return sdk.TokenMissing
	}
	if list, known := s.Associations.Get(); known && len(list) == 0 {
		return sdk.Denied
	}
	state, gaps := s.PodIdentity.Answer()
	c.Gaps = append(c.Gaps, gaps...)
	return state
}

func (i Intent) podIdentityRole() string {
	if i.Association == nil {
		return ""
	}
	if i.Association.TargetRoleArn != "" {
		return i.Association.TargetRoleArn
	}
	return i.Association.RoleArn
}

// imds is what the instance metadata service offers the container.
func (s *Subject) imds(c *Container) sdk.State {
	if disabled, set := c.Variables.known("AWS_EC2_METADATA_DISABLED"); set && strings.EqualFold(disabled, "true") {
		return sdk.DisabledByEnv
	}
	switch s.Node.IMDS.State {
	case Unreachable:
		return sdk.Unreachable
	case ReachUnknown:
		c.Gaps = append(c.Gaps, s.Node.IMDS.Gaps...)
		return sdk.Unknown
	}
	switch {
	case s.Node.Role.Absent():
		return sdk.NoRole
	case s.Node.Role.Known():
		return sdk.Reachable
	default:
		if g, ok := s.Node.Role.Gap(); ok {
			c.Gaps = append(c.Gaps, g)
		}
		return sdk.Unknown
	}
}
