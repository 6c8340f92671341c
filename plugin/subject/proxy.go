package subject

import (
	"net/netip"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

// AgentAddress is the address at which the container looks for the Pod Identity agent.
func (c *Container) AgentAddress() netip.Addr {
	uri, _ := c.Variables.Known(FullURI)
	if uri == inject.PodIdentityURIv6 {
		return netip.MustParseAddr(agentIPv6)
	}
	return netip.MustParseAddr(agentIPv4)
}

// The addresses of the Pod Identity agent (EKS User Guide, EKS Pod Identity agent).
const (
	agentIPv4 = "169.254.170.23"
	agentIPv6 = "fd00:ec2::23"
)

// The variables of proxies. For an http URL programs look at http_proxy, some in capitals, some not.
var (
	proxyVariables   = []string{"HTTP_PROXY", "http_proxy"}
	NoProxyVariables = []string{"NO_PROXY", "no_proxy"}
)

// Proxied reports whether a request for an address by plain HTTP goes through a proxy, and the gaps
// where that is unknown. An address that any of the variables exempts counts as exempt.
func (c *Container) Proxied(address netip.Addr) (bool, []fact.Gap) {
	set, certain := false, false
	for _, name := range proxyVariables {
		v := c.Variables.Get(name)
		empty := v.Known && v.Value == ""
		set = set || v.Presence != inject.Unset && !empty
		certain = certain || v.Presence == inject.Set && !empty
	}
	if !set {
		return false, nil
	}
	for _, name := range NoProxyVariables {
		if v := c.Variables.Get(name); v.Known && exempts(v.Value, address) {
			return false, nil
		}
	}
	gaps := c.Variables.Gaps(NoProxyVariables...)
	if !certain {
		gaps = AppendNew(gaps, c.Variables.Gaps(proxyVariables...))
	}
	return len(gaps) == 0, gaps
}

// exempts reports whether a NO_PROXY list excludes an address: by itself, with or without brackets and port, by
// a range that holds it, or by "*".
func exempts(list string, address netip.Addr) bool {
	for entry := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if entry == "*" {
			return true
		}
		if prefix, err := netip.ParsePrefix(entry); err == nil && prefix.Contains(address) {
			return true
		}
		if at, err := netip.ParseAddrPort(entry); err == nil && at.Addr() == address && at.Port() == 80 {
			return true
		}
		if one, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil && one == address {
			return true
		}
	}
	return false
}
