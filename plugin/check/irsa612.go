package check

import (
	"cmp"
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/partition"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa612 = Check{
	Code: IRSA612, Class: Note, Link: LinkEnvironment,
	Title: "the STS endpoint that is called is not plainly the region's",
	Doc: Doc{
		Means: `A web identity is exchanged for credentials by a call to STS, and which host that call goes to depends on the SDK, its
age and some variables. AWS_STS_REGIONAL_ENDPOINTS=regional, which the webhook adds on EKS, makes the SDKs that look
at it use sts.REGION.amazonaws.com; without it, or with legacy, older ones call the global sts.amazonaws.com. Where the
way to the internet is closed this decides between an answer and a timeout: a VPC endpoint for STS answers for the
regional name, not for the global one. JavaScript v2 calls the global endpoint in every Region unless it is told
otherwise. Its credentials are not valid in Regions that an account has to enable, such as me-south-1: services there
answer InvalidToken, unless the account's STS settings make the tokens of the global endpoint valid in all Regions.
AWS_ENDPOINT_URL, meant perhaps for an object store, sends the STS calls there
too in SDKs that know it.`,
		Example: `A service account that asks for the old way, in a VPC without a way out:

    metadata:
      annotations:
        eks.amazonaws.com/sts-regional-endpoints: "false"

    dial tcp: lookup sts.amazonaws.com: i/o timeout`,
		Fix: `Take the annotation away, or set the variable:

    kubectl set env deployment/web -n shop -c app AWS_STS_REGIONAL_ENDPOINTS=regional

For an object store use AWS_ENDPOINT_URL_S3 in place of AWS_ENDPOINT_URL. A private VPC needs the endpoint
com.amazonaws.REGION.sts with private DNS, and a security group that lets the pods in on port 443.`,
		Verify: `Ask from inside whether the host answers, and look at the host in CloudTrail (tlsDetails.clientProvidedHostHeader):

    kubectl exec web-0 -n shop -c app -- curl -sm 5 -o /dev/null -w '%{http_code}\n' https://sts.us-west-2.amazonaws.com`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perBound(s, func(c *subject.Container) Outcome {
			if !c.AsksSTS() {
				return skip(whyNotInjected(s))
			}
			if gaps := c.Variables.Gaps(subject.STSRegional, subject.StsEndpointURL, subject.EndpointURL, subject.UseFIPS, subject.UseDualStack); len(gaps) > 0 {
				return unknown(gaps...)
			}
			calls := s.STSCalls(c)
			if calls.Regional() {
				return pass()
			}
			have := stsText(s, c, calls)
			out := Outcome{
				Result: Fail, Where: where(c, "env"), Have: have, Need: "a way from the pod to that endpoint on port 443",
				Why: have + ". A web identity is exchanged by a call to STS, and a closed network lets through only the endpoints that it knows",
			}
			if global := calls.Kinds[sdk.Global]; calls.Plain() && len(global) > 0 && sdk.OptIn(calls.Region) {
				out.Need = "credentials of " + stsHost("sts", calls.Region)
				out.Why = have + ". " + calls.Region + " is a Region that an account has to enable: services there answer InvalidToken to credentials of sts.amazonaws.com, unless the account's STS settings make them valid in all Regions"
			}
			if e, ok := s.STSEndpoint(); ok {
				out.Need += "; the VPC endpoint " + e.ServiceName + " answers for the regional name"
			}
			switch {
			case c.CustomSTS() != "":
				out.Advice = "take " + c.CustomSTS() + " away unless it is an endpoint of STS; for another service there is a variable of its own, such as AWS_ENDPOINT_URL_S3"
			case c.Variables.IsTrue(subject.UseFIPS), c.Variables.IsTrue(subject.UseDualStack):
				out.Advice = "see that the network lets the pod through to that endpoint"
			default:
				out.Fix = editContainer(s, c.Name, change.SetVariables{Pod: podRef(s), Container: c.Name, Variables: []change.Variable{{Name: subject.STSRegional, Value: "regional"}}})
			}
			return out
		}, inject.WebIdentity)
	},
}

// stsText says which endpoints are called.
func stsText(s *subject.Subject, c *subject.Container, calls subject.STSCalls) string {
	switch {
	case calls.Custom != "":
		return Describe(c.Variables, calls.Custom)
	case calls.FIPS && calls.DualStack:
		return subject.UseFIPS + "=true and " + subject.UseDualStack + "=true: the endpoint of " + calls.Region + " that is both"
	case calls.FIPS:
		return subject.UseFIPS + "=true: " + stsHost("sts-fips", calls.Region)
	case calls.DualStack:
		return subject.UseDualStack + "=true: the dual-stack endpoint of " + calls.Region
	}
	have := subject.STSRegional + " is not set"
	if calls.Setting != "" {
		have = subject.STSRegional + "=" + calls.Setting
	}
	for _, one := range []struct {
		kind sdk.Endpoint
		host string
	}{
		{sdk.Global, "sts.amazonaws.com"}, {sdk.Regional, stsHost("sts", calls.Region)}, {sdk.EndpointUnknown, "one or the other, by their release"},
	} {
		if len(calls.Kinds[one.kind]) > 0 {
			have += fmt.Sprintf("; %s: %s", one.host, sdkWords(s, calls.Kinds[one.kind]))
		}
	}
	return have
}

// stsHost is the name of an STS endpoint: sts.REGION, sts-fips.REGION, under the partition's suffix.
func stsHost(prefix, region string) string {
	of, known := partition.OfRegion(region)
	if !known {
		of, _ = partition.ByID("aws")
	}
	return prefix + "." + cmp.Or(region, "REGION") + "." + of.Suffix
}
