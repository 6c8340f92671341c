package check

import (
	"cmp"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa611 = Check{
	Code: IRSA611, Class: Note, Link: LinkEnvironment,
	Title: "AWS_REGION and AWS_DEFAULT_REGION are not both set",
	Doc: Doc{
		Means: `An SDK needs a region to choose its endpoints, including the endpoint of STS. Most SDKs read AWS_REGION, Python and
the AWS CLI read AWS_DEFAULT_REGION, and some call the metadata service if neither is set. The webhook adds both
variables, unless the template sets one of them. Without a region, a client fails before it requests credentials,
unless the program sets the region itself. PHP, .NET and C++ have a default region.`,
		Example: `A template that sets one of the two variables, so the webhook adds neither:

    env:
    - {name: AWS_REGION, value: us-west-2}

    botocore.exceptions.NoRegionError: You must specify a region.`,
		Fix: `Set both variables, or remove both and let the webhook add them:

    kubectl set env deployment/web -n shop -c app AWS_REGION=us-west-2 AWS_DEFAULT_REGION=us-west-2`,
		Verify: `List the variables of the container, and print the region that the AWS CLI uses:

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
				return unknown(fact.Gap{What: "the region that the webhook sets", Reason: "the cluster's region is unknown"})
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
				return unknown(fact.Gap{What: "the region in " + c.Config.From, Reason: cmp.Or(c.Config.Why, "its profiles may set one")})
			}
			out := Outcome{
				Result: Fail, Where: where(c, "env"), Have: regionText(c.Environment.Region), Need: "AWS_REGION and AWS_DEFAULT_REGION",
				Why: regionText(c.Environment.Region) + " is set; these SDKs find no region and fail, unless the program sets one: " + sdkWords(s, failing),
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
