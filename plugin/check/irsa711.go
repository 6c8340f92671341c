package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa711 = Check{
	Code: IRSA711, Class: Breaks, Link: LinkPodIdentity,
	Title: "the SDK does not accept the address of the Pod Identity agent",
	Doc: Doc{
		Means: `On a node with IPv6, the webhook sets AWS_CONTAINER_CREDENTIALS_FULL_URI to http://[fd00:ec2::23]/v1/credentials. SDKs
accept plain HTTP only for a few addresses, and some SDKs do not accept this one. Java 1.x and 2.x accept the address
family that AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE names, by default IPv4. JavaScript v2 accepts only 169.254.170.23.
Java 2.x and JavaScript v2 then continue with the node's role.`,
		Example: `    env:
    - {name: AWS_CONTAINER_CREDENTIALS_FULL_URI, value: "http://[fd00:ec2::23]/v1/credentials"}

    The full URI (http://[fd00:ec2::23]/v1/credentials) contained within environment variable
    AWS_CONTAINER_CREDENTIALS_FULL_URI has an invalid host.`,
		Fix: `For Java, set the address family. The SDK then also calls the instance metadata service at its IPv6 address:

    kubectl set env deployment/web -n shop -c app AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6

For JavaScript v2, update the program to v3, or use a role annotation (IRSA), which needs no agent.`,
		Verify: `Print both variables, then read the program's log:

    kubectl exec web-0 -n shop -c app -- sh -c 'env | grep -E "FULL_URI|ENDPOINT_MODE"'
    kubectl logs web-0 -n shop -c app --tail=20`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perBound(s, func(c *subject.Container) Outcome {
			agent := c.Environment.Agent
			switch {
			case c.Environment.Container == sdk.None:
				return skip(whyNotInjected(s))
			case agent.Family == "":
				return skip(notPodIdentity)
			}
			for _, name := range s.SDKs() {
				switch _, known := agent.Accepted(name); {
				case known:
				case agent.Mode == "":
					return unknown(c.Variables.Gaps(subject.MetadataMode)...)
				default:
					return unknown(fact.Gap{What: "whether " + string(name) + " accepts the agent's " + string(agent.Family) + " address", Reason: "the first release that accepts it is unknown"})
				}
			}
			refusing := refusesAgent(s, c)
			switch {
			case len(refusing) == 0:
				return pass()
			case len(refusing) < len(s.SDKs()):
				return skip(IRSA604)
			}
			return agentNotAccepted(s, c, refusing)
		}, inject.PodIdentity)
	},
}

func agentNotAccepted(s *subject.Subject, c *subject.Container, refusing []sdk.Name) Outcome {
	agent := c.Environment.Agent
	out := Outcome{
		Result: Fail, Where: where(c, "env "+subject.FullURI), Have: c.Variables.Get(subject.FullURI).Value,
		Need:   "an address that the SDK accepts",
		Why:    agentRefused(c, refusing) + ", so the container gets " + getsInstead(s, c),
		Advice: "use an SDK that accepts the address, such as JavaScript v3, or bind the service account with a role annotation",
	}
	if slices.ContainsFunc(refusing, func(n sdk.Name) bool { return !isJava(n) }) {
		return out
	}
	out.Need = subject.MetadataMode + "=" + string(agent.Family)
	out.Advice = "set " + out.Need + " in the container's template"
	if !s.Predicted {
		out.Fix = []change.Change{change.SetVariables{Pod: podRef(s), Container: c.Name, Variables: []change.Variable{{Name: subject.MetadataMode, Value: string(agent.Family)}}}}
	}
	return out
}
