package subject

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// The addresses of the instance metadata service (EC2 User Guide, "Access instance metadata").
const (
	MetadataIPv4 = "169.254.169.254"
	metadataIPv6 = "fd00:ec2::254"
)

// The variables that move the metadata service, or switch it or its first version off (AWS SDKs and Tools Reference
// Guide, "IMDS credential provider").
const (
	metadataEndpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
	MetadataMode     = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
	MetadataDisabled = "AWS_EC2_METADATA_DISABLED"
	metadataV1       = "AWS_EC2_METADATA_V1_DISABLED"
)

// metadataAddress returns the address at which the container looks for the metadata service; known is false
// where it is set to an unknown value.
func (c *Container) metadataAddress() (address string, known bool) {
	endpoint, mode := c.Variables.Get(metadataEndpoint), c.Variables.Get(MetadataMode)
	for _, v := range []inject.Variable{endpoint, mode} {
		if v.Presence != inject.Unset && !v.Known {
			return "", false
		}
	}
	switch {
	case endpoint.Value != "":
		return endpointHost(endpoint.Value), true
	case strings.EqualFold(mode.Value, "IPv6"):
		return metadataIPv6, true
	default:
		return MetadataIPv4, true
	}
}

// endpointHost returns the host of a URL in lower case, an IPv6 address without its brackets; the text itself
// where it is no URL.
func endpointHost(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return strings.ToLower(text)
	}
	return strings.ToLower(u.Hostname())
}

func isAddress(host, address string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a == netip.MustParseAddr(address)
}

// reach reports whether the metadata service answers the container at the address that it uses.
func (s *Seen) reach(c *Container) Reach {
	host, known := c.metadataAddress()
	switch {
	case !known:
		return Reach{Gaps: c.Variables.Gaps(metadataEndpoint, MetadataMode)}
	case isAddress(host, MetadataIPv4):
		return s.withoutV1(c)
	case !isAddress(host, metadataIPv6):
		return Reach{Gaps: []fact.Gap{{What: metadataEndpoint + " of container " + c.Name, Reason: host + " is not the instance metadata service"}}}
	case s.Node.IMDS.State != Reachable:
		return s.Node.IMDS
	}
	instance, _ := s.Node.Instance.Get()
	switch instance.MetadataOptions.HTTPProtocolIPv6 {
	case "enabled":
		return s.Node.IMDS
	case "disabled":
		return Reach{State: Unreachable, Cause: IPv6Disabled, Sources: s.Node.IMDS.Sources}
	default:
		return Reach{Gaps: []fact.Gap{{What: s.Node.Instance.Source(), Reason: "the answer lacks HttpProtocolIpv6"}}}
	}
}

// withoutV1 is the node's reach, unknown where only IMDSv1 answers the pod and the container's SDK may be configured not
// to use it.
func (s *Seen) withoutV1(c *Container) Reach {
	disabled := c.Variables.Get(metadataV1)
	o := s.MetadataOptions()
	switch {
	case s.Node.IMDS.State != Reachable, s.Pod.Spec.HostNetwork, o == nil || o.HTTPPutResponseHopLimit != 1:
		return s.Node.IMDS
	case disabled.Presence == inject.Unset, disabled.Known && !strings.EqualFold(disabled.Value, "true"):
		return s.Node.IMDS
	case !disabled.Known:
		return Reach{Gaps: c.Variables.Gaps(metadataV1)}
	}
	return Reach{Gaps: []fact.Gap{{
		What:   metadataV1 + " of container " + c.Name,
		Reason: "it is unknown whether the SDK uses it; with a hop limit of 1 the IMDSv2 answer does not reach the pod",
	}}}
}

// imds is what the instance metadata service offers the container.
func (s *Subject) imds(c *Container) sdk.State {
	if c.Environment.IMDS == sdk.DisabledByEnv {
		return sdk.DisabledByEnv
	}
	switch c.Reach.State {
	case Unreachable:
		return sdk.Unreachable
	case ReachUnknown:
		c.Gaps = append(c.Gaps, c.Reach.Gaps...)
		return sdk.Unknown
	}
	if s.Node.Role.Absent() {
		return sdk.NoRole
	}
	gaps := c.Variables.Gaps(MetadataDisabled)
	if g, ok := s.Node.Role.Gap(); ok {
		gaps = append(gaps, g)
	}
	if len(gaps) > 0 {
		c.Gaps = append(c.Gaps, gaps...)
		return sdk.Unknown
	}
	return sdk.Reachable
}

// reliesOnNode reports whether a container without a configured role relies on the node's role: by
// naming the metadata service, or because the user does. One that brings its own credentials, or that
// was meant to be bound, does not.
func (s *Intended) reliesOnNode(c *Container) bool {
	e := c.Environment
	brings := slices.ContainsFunc([]sdk.State{e.Static, e.WebIdentity, e.Container}, func(state sdk.State) bool {
		return state != sdk.None && state != sdk.Maybe
	})
	switch e.Profile {
	case sdk.None, sdk.Maybe, sdk.Unknown: // there may be none
	default:
		brings = true
	}
	if brings || s.meant() {
		return false
	}
	if _, set := c.Variables.Known(metadataEndpoint); set {
		host, known := c.metadataAddress()
		return !known || isAddress(host, MetadataIPv4) || isAddress(host, metadataIPv6)
	}
	role, _ := s.Node.Role.Get()
	return s.Options.ExpectRole != "" && (s.Intent.Mechanism == inject.None || s.Options.ExpectRole == role)
}
