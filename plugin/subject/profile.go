package subject

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// profileToken decides a profile that starts from a web identity by what STS answers to it.
func (s *Subject) profileToken(c *Container) {
	p := c.Profiles
	if p.TokenFile == "" {
		return
	}
	token, known := inject.TokenAt(s.Pod, c.Spec, p.TokenFile)
	switch {
	case !known:
		c.Gaps = append(c.Gaps, fact.Gap{What: p.TokenFile + " in container " + c.Name, Reason: "what is there is not read, and a profile names it"})
		return
	case token == nil:
		c.Environment.ProfileToken = sdk.FileMissing
		return
	}
	audience := token.Audience
	if audience == "" {
		audience = s.apiAudience()
	}
	state, gaps := s.Judged(p.RoleARN, audience).Answer()
	c.Gaps = append(c.Gaps, gaps...)
	if state != sdk.Unknown {
		c.Environment.ProfileToken = state
	}
	// A profile that leads to the role that the container's own variables lead to changes nothing.
	if state == sdk.OK && c.Environment.WebIdentity == sdk.OK && p.RoleARN == c.RoleARN && c.Environment.Profile != sdk.DefaultChained && c.Environment.Profile != sdk.NamedChainedToken {
		c.Environment.Profile, c.Environment.ProfileOf = sdk.None, sdk.PerSDK{}
	}
}
