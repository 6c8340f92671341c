package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa611 = Check{
	Code: IRSA611, Class: Note, Link: LinkEnvironment,
	Title: "no region is set that every SDK reads",
	Doc: Doc{
		Means: `An SDK has to know a region to choose endpoints, the one of STS included. Most take it from AWS_REGION, Python and
the AWS CLI from AWS_DEFAULT_REGION, and some ask the metadata service when neither is there. The webhook adds both
variables, unless the template has one of them. Without the variable that it reads, a program fails before it asks
for credentials, unless it sets a region itself; PHP, .NET and C++ have a default of their own.`,
		Example: `A template that sets one of the two, so that the webhook adds neither:

    env:
    - {name: AWS_REGION, value: us-west-2}

    botocore.exceptions.NoRegionError: You must specify a region.`,
		Fix: `Set both, or none and let the webhook do it:

    kubectl set env deployment/web -n shop -c app AWS_REGION=us-west-2 AWS_DEFAULT_REGION=us-west-2`,
		Verify: `See what the container has, and what the CLI makes of it:

    kubectl exec web-0 -n shop -c app -- sh -c 'env | grep REGION'
    kubectl exec web-0 -n shop -c app -- aws configure list`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perBound(s, func(c *subject.Container) Outcome {
			switch {
			case c.Wants == inject.WebIdentity && c.Environment.WebIdentity == sdk.None, c.Wants == inject.PodIdentity && c.Environment.Container == sdk.None:
				return skip(whyNotInjected(s))
			case c.Environment.Region == sdk.Unknown:
				return unknown(c.Variables.Gaps("AWS_REGION", "AWS_DEFAULT_REGION")...)
			case s.Predicted && c.Wants != subject.FromNode && s.Snapshot.Cluster().Region == "":
				return unknown(fact.Gap{What: "the region that the webhook sets", Reason: "nothing tells the cluster's region"})
			}
			var failing []sdk.Name
			for _, o := range c.Outcomes {
				if o.NeedsRegion {
					failing = append(failing, o.SDK)
				}
			}
			switch {
			case len(failing) == 0:
				return pass()
			case c.Config.Presence != inject.Unset:
				return unknown(fact.Gap{What: "the region in " + c.Config.From, Reason: c.Config.Why})
			}
			out := Outcome{
				Result: Fail, Where: where(c, "env"), Have: regionText(c.Environment.Region), Need: "AWS_REGION and AWS_DEFAULT_REGION",
				Why: regionText(c.Environment.Region) + " is set; without the variable that it reads, a client fails unless the program sets a region: " + sdkWords(s, failing),
			}
			out.Advice = "set AWS_REGION and AWS_DEFAULT_REGION in the container's template"
			if s.Snapshot.Cluster().Region != "" {
				out.Fix = editContainer(s, c.Name, change.SetVariables{Pod: podRef(s), Container: c.Name, Variables: []change.Variable{
					{Name: "AWS_REGION", Value: s.RegionOf(c)}, {Name: "AWS_DEFAULT_REGION", Value: s.RegionOf(c)},
				}})
			}
			return out
		}, inject.WebIdentity, inject.PodIdentity, subject.FromNode)
	},
}

func regionText(region sdk.State) string {
	switch region {
	case sdk.RegionOnly:
		return "AWS_REGION alone"
	case sdk.DefaultRegionOnly:
		return "AWS_DEFAULT_REGION alone"
	default:
		return "neither AWS_REGION nor AWS_DEFAULT_REGION"
	}
}
