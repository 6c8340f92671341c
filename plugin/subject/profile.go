package subject

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// FromProfile is what a container wants that brings a shared file or names a profile and is bound to no role: credentials of that
// profile, as OpenShift's operators have them.
const FromProfile inject.Mechanism = "profile"

// bringsProfile reports whether the manifest gives the container a profile, and no access keys, which would take precedence over
// it. Where it is unknown whether there is one, a file shows it that the manifest mounts or names.
func (c *Container) bringsProfile() bool {
	if c.Environment.Static != sdk.None || c.Environment.WebIdentity != sdk.None || c.Environment.Container != sdk.None {
		return false
	}
	switch c.Environment.Profile {
	case sdk.None, sdk.NamedEmpty, sdk.Unknown:
		return false
	case sdk.Maybe, sdk.NamedMaybe:
		return slices.ContainsFunc([]inject.SharedFile{c.Credentials, c.Config}, func(f inject.SharedFile) bool {
			return f.Presence != inject.Unset && f.Path != "" && (f.Variable != "" || f.Presence == inject.Set)
		})
	default:
		return true
	}
}

// ConfiguredByProfile reports whether some container gets its role by a profile that the manifest gives it.
func (s *Equipped) ConfiguredByProfile() bool {
	return slices.ContainsFunc(s.Containers, func(c *Container) bool { return c.Wants == FromProfile })
}

// assignProfileRole judges the role that a container's profile asks for with a web identity.
func (s *Subject) assignProfileRole(c *Container) {
	if c.Profiles.TokenFile == "" {
		return
	}
	if token, _ := inject.TokenAt(s.Pod, c.Spec, c.Profiles.TokenFile); token != nil {
		s.assign(c, s.Judged(c.Profiles.RoleARN, cmp.Or(token.Audience, s.apiAudience())))
	}
}

// An OwnToken is a service account token that the manifest projects for AWS.
type OwnToken struct {
	Volume, Audience string
	// Roles are those whose trust policy names the service account.
	Roles []snapshot.Role
}

// OwnToken returns the token that the pod's manifest projects with an audience that an OIDC provider of the cluster's issuer
// takes: it shows that something in the pod uses web identity.
func (s *Seen) OwnToken() (OwnToken, bool) {
	aws, issuer := s.Snapshot.AWS(), issuerOf(s)
	if aws == nil || issuer == "" {
		return OwnToken{}, false
	}
	for _, v := range s.Pod.Spec.Volumes {
		if v.Projected == nil || v.Name == inject.WebIdentityVolume || v.Name == inject.PodIdentityVolume {
			continue
		}
		for _, source := range v.Projected.Sources {
			if source.ServiceAccountToken == nil || source.ServiceAccountToken.Audience == "" || s.ForAPIServer(source.ServiceAccountToken.Audience) {
				continue
			}
			audience := source.ServiceAccountToken.Audience
			takes := func(p snapshot.OpenIDConnectProvider) bool {
				return ProviderIssuer(p.Arn) == issuer && slices.Contains(p.ClientIDList, audience)
			}
			if slices.ContainsFunc(aws.OpenIDConnectProviders, takes) {
				return OwnToken{v.Name, audience, s.RolesFor(s.AccountName)}, true
			}
		}
	}
	return OwnToken{}, false
}

func issuerOf(s *Seen) string {
	issuer, _ := s.Issuer.Get()
	return strings.TrimPrefix(issuer, "https://")
}

// profileToken decides a profile that starts from a web identity by what STS answers to it.
func (s *Subject) profileToken(c *Container) {
	p := c.Profiles
	if p.TokenFile == "" {
		return
	}
	token, known := inject.TokenAt(s.Pod, c.Spec, p.TokenFile)
	switch {
	case !known:
		c.Gaps = append(c.Gaps, fact.Gap{What: p.TokenFile + " in container " + c.Name, Reason: "a profile names it, and its content is not read"})
		return
	case token == nil:
		c.Environment.ProfileToken = sdk.FileMissing
		return
	}
	state, gaps := s.Judged(p.RoleARN, cmp.Or(token.Audience, s.apiAudience())).Answer()
	c.Gaps = append(c.Gaps, gaps...)
	if state != sdk.Unknown {
		c.Environment.ProfileToken = state
	}
	// A profile that leads to the role that the container's own variables lead to changes nothing.
	if state == sdk.OK && c.Environment.WebIdentity == sdk.OK && p.RoleARN == c.RoleARN && c.Environment.Profile != sdk.DefaultChained && c.Environment.Profile != sdk.NamedChainedToken {
		c.Environment.Profile, c.Environment.ProfileOf = sdk.None, sdk.PerSDK{}
	}
}
