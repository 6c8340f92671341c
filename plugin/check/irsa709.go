package check

import (
	"net/netip"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

var irsa709 = Check{
	Code: IRSA709, Class: Breaks, Link: LinkPodIdentity,
	Title: "a proxy is set, and the Pod Identity agent is not exempt from it",
	Doc: Doc{
		Means: `The agent answers on an address of the node itself, 169.254.170.23 (or [fd00:ec2::23]), by plain HTTP. With HTTP_PROXY
set, a program that follows it sends the request to the proxy, and from there that address leads nowhere, or to the
proxy's own machine. NO_PROXY has to name the address. HTTPS_PROXY alone does no harm: the agent's URL is http. Not
every SDK follows these variables for this request.`,
		Example: `    env:
    - {name: HTTP_PROXY, value: "http://proxy.example.com:3128"}
    - {name: NO_PROXY, value: "localhost,127.0.0.1,10.0.0.0/8,.svc,169.254.169.254"}`,
		Mend: `Add the agent's address to NO_PROXY, and to no_proxy if that is set:

    kubectl set env deployment/web -n shop -c app NO_PROXY=localhost,127.0.0.1,10.0.0.0/8,.svc,169.254.169.254,169.254.170.23

In IPv6 clusters add [fd00:ec2::23] as well.`,
		Sure: `Ask the agent with and without the proxy; any answer at all, be it an error, means that it was reached:

    kubectl exec web-0 -n shop -c app -- curl -sm 5 -o /dev/null -w '%{http_code}\n' http://169.254.170.23/v1/credentials
    kubectl exec web-0 -n shop -c app -- curl -sm 5 -o /dev/null -w '%{http_code}\n' --noproxy '*' http://169.254.170.23/v1/credentials`,
	},
	Run: func(s *Subject) Outcome {
		return s.perBound(func(c *Container) Outcome {
			switch {
			case s.associationGone():
				return skip(IRSA706)
			case s.PodIdentity == nil:
				return skip("the container asks another place than the agent")
			case s.PodIdentity.Impossible != "":
				return skip(IRSA705)
			}
			agent := c.agentAddress()
			proxied, gaps := c.proxied(agent)
			switch {
			case len(gaps) > 0:
				return unknown(gaps...)
			case !proxied:
				return pass()
			}
			return s.agentBehindProxy(c, agent)
		}, inject.PodIdentity)
	},
}

// The variables of proxies. For an http URL programs look at http_proxy, some in capitals, some not.
var (
	proxyVariables   = []string{"HTTP_PROXY", "http_proxy"}
	noProxyVariables = []string{"NO_PROXY", "no_proxy"}
)

// proxied reports whether a request for an address by plain HTTP goes through a proxy, and what is not known
// where that cannot be told. An address that any of the variables exempts counts as exempt.
func (c *Container) proxied(address netip.Addr) (bool, []fact.Gap) {
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
	for _, name := range noProxyVariables {
		if v := c.Variables.Get(name); v.Known && exempts(v.Value, address) {
			return false, nil
		}
	}
	gaps := c.Variables.gaps(noProxyVariables...)
	if !certain {
		gaps = appendNew(gaps, c.Variables.gaps(proxyVariables...))
	}
	return len(gaps) == 0, gaps
}

// exempts reports whether a NO_PROXY list takes an address out: by itself, with or without brackets and port, by
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

func (s *Subject) agentBehindProxy(c *Container, agent netip.Addr) Outcome {
	proxy := "HTTP_PROXY"
	if c.Variables.Get(proxy).Presence == inject.Unset {
		proxy = "http_proxy"
	}
	address := agent.String()
	if agent.Is6() {
		address = "[" + address + "]"
	}
	out := Outcome{
		Result: Fail, Where: c.where("env NO_PROXY"), Have: "not set", Need: address + " in the list",
		Why:    "with " + c.Variables.describe(proxy) + " a program sends the request for the agent to the proxy, which has no way to the node's own address",
		Advice: "add " + address + " to NO_PROXY in the container's template",
	}
	var lists []change.Variable
	for _, name := range noProxyVariables {
		if v := c.Variables.Get(name); v.Presence == inject.Set {
			lists = append(lists, change.Variable{Name: name, Value: strings.TrimPrefix(strings.TrimRight(v.Value, ", ")+","+address, ",")})
			out.Have = v.Value
		}
	}
	if len(lists) == 0 {
		lists = []change.Variable{{Name: "NO_PROXY", Value: address}}
	}
	if !s.Predicted {
		out.Fix = []change.Change{change.SetVariables{Pod: s.podRef(), Container: c.Name, Variables: lists}}
	}
	return out
}
