package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa609 = Check{
	Code: IRSA609, Class: Note, Link: LinkFallback,
	Title: "AWS_EC2_METADATA_DISABLED stops SDKs from using the metadata service, but no other process",
	Doc: Doc{
		Means: `With AWS_EC2_METADATA_DISABLED=true, an SDK does not call the instance metadata service, neither for credentials nor
for the region. SDKs that support the variable do not fall back to the node's role. The variable does not protect the
node's role: a process that calls the address directly still gets a response if the instance allows pods.`,
		Example: `    env:
    - {name: AWS_EC2_METADATA_DISABLED, value: "true"}`,
		Fix: `If this is intended, nothing is needed. Also set AWS_REGION, because SDKs no longer read the region from the metadata
service. To block every process, require IMDSv2 tokens and set a hop limit of 1 (IRSA607).`,
		Verify: `Call the service without an SDK. If a token is returned, the service is still reachable:

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
				Why: "SDKs then do not call the metadata service, neither for credentials nor for the region; other processes in the container can still reach it",
			}
			if c.Reach.State == subject.Unreachable {
				out.Why = "SDKs then do not call the metadata service, neither for credentials nor for the region; it is not reachable from this pod anyway"
			}
			return out
		})
	},
}
