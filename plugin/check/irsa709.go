package check

import (
	"net/netip"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa709 = Check{
	Code: IRSA709, Class: Breaks, Link: LinkPodIdentity,
	Title: "NO_PROXY does not include the address of the Pod Identity agent",
	Doc: Doc{
		Means: `The agent has a link-local address of the node, 169.254.170.23 (or [fd00:ec2::23]), and uses plain HTTP. If HTTP_PROXY
is set, a program that follows it sends the request to the proxy, and the proxy cannot reach this address on the pod's
node. NO_PROXY must include the address. HTTPS_PROXY alone has no effect, because the agent's URL is http. Not every
SDK uses these variables for this request.`,
		Example: `    env:
    - {name: HTTP_PROXY, value: "http://proxy.example.com:3128"}
    - {name: NO_PROXY, value: "localhost,127.0.0.1,10.0.0.0/8,.svc,169.254.169.254"}`,
		Fix: `Add the agent's address to NO_PROXY, and to no_proxy if it is set:

    kubectl set env deployment/web -n shop -c app NO_PROXY=localhost,127.0.0.1,10.0.0.0/8,.svc,169.254.169.254,169.254.170.23

In IPv6 clusters, also add [fd00:ec2::23].`,
		Verify: `Call the agent with and without the proxy. Any HTTP response, even an error, means that the agent is reachable:

    kubectl exec web-0 -n shop -c app -- curl -sm 5 -o /dev/null -w '%{http_code}\n' http://169.254.170.23/v1/credentials
    kubectl exec web-0 -n shop -c app -- curl -sm 5 -o /dev/null -w '%{http_code}\n' --noproxy '*' http://169.254.170.23/v1/credentials`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perBound(s, func(c *subject.Container) Outcome {
			switch {
			case s.AssociationGone():
				return skip(IRSA706)
			case s.PodIdentity == nil:
				return skip("the container does not use the Pod Identity agent")
			case s.PodIdentity.Impossible != subject.Possible:
				return skip(IRSA705)
			}
			agent := c.AgentAddress()
			proxied, gaps := c.Proxied(agent)
			switch {
			case len(gaps) > 0:
				return unknown(gaps...)
			case !proxied:
				return pass()
			}
			return agentBehindProxy(s, c, agent)
		}, inject.PodIdentity)
	},
}

func agentBehindProxy(s *subject.Subject, c *subject.Container, agent netip.Addr) Outcome {
	proxy := "HTTP_PROXY"
	if c.Variables.Get(proxy).Presence == inject.Unset {
		proxy = "http_proxy"
	}
	address := agent.String()
	if agent.Is6() {
		address = "[" + address + "]"
	}
	out := Outcome{
		Result: Fail, Where: where(c, "env NO_PROXY"), Have: "not set", Need: address + " in the list",
		Why:    "with " + Describe(c.Variables, proxy) + " a program sends its request for the agent to the proxy, which cannot reach the node's link-local address",
		Advice: "add " + address + " to NO_PROXY in the container's template",
	}
	var lists []change.Variable
	for _, name := range subject.NoProxyVariables {
		if v := c.Variables.Get(name); v.Presence == inject.Set {
			lists = append(lists, change.Variable{Name: name, Value: strings.TrimPrefix(strings.TrimRight(v.Value, ", ")+","+address, ",")})
			out.Have = v.Value
		}
	}
	if len(lists) == 0 {
		lists = []change.Variable{{Name: "NO_PROXY", Value: address}}
	}
	out.Fix = editContainer(s, c.Name, change.SetVariables{Pod: podRef(s), Container: c.Name, Variables: lists})
	return out
}
