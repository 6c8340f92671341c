package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa609 = Check{
	Code: IRSA609, Class: Note, Link: LinkFallback,
	Title: "AWS_EC2_METADATA_DISABLED keeps SDKs from the metadata service, and nothing else",
	Doc: Doc{
		Means: `With AWS_EC2_METADATA_DISABLED=true an SDK does not ask the instance metadata service: neither for credentials
nor for the region. That closes the silent fall to the node's role for SDKs that honour it. It is no protection: a
process that asks the address itself still gets an answer, if the instance lets pods reach it.`,
		Example: `    env:
    - {name: AWS_EC2_METADATA_DISABLED, value: "true"}`,
		Fix: `Nothing, if that is what you want; then also set AWS_REGION, because the metadata service no longer supplies it. To
keep every process away, close the way itself: tokens required and a hop limit of 1 (IRSA607).`,
		Verify: `Ask without an SDK; a token means that the service still answers:

    kubectl exec web-0 -n shop -c app -- curl -sm 1 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			v := c.Variables.Get(subject.MetadataDisabled)
			switch {
			case v.Presence == inject.Unset, v.Known && !strings.EqualFold(v.Value, "true"):
				return pass()
			case !v.Known:
				return unknown(c.Variables.Gaps(subject.MetadataDisabled)...)
			case c.Wants == subject.FromNode:
				return skip(IRSA613)
			}
			out := Outcome{
				Result: Fail, Where: where(c, "env "+subject.MetadataDisabled), Have: v.Value,
				Why: "SDKs then ask the metadata service neither for credentials nor for the region; any other process in the container still can",
			}
			if c.Reach.State == subject.Unreachable {
				out.Why = "SDKs then ask the metadata service neither for credentials nor for the region; it is out of reach here anyway"
			}
			return out
		})
	},
}
