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
	Title: "the container can call an STS endpoint other than the standard regional one",
	Doc: Doc{
		Means: `A call to STS exchanges the web identity for credentials. The hostname depends on the SDK, its version and some
variables. AWS_STS_REGIONAL_ENDPOINTS=regional, which the webhook adds on EKS, selects sts.REGION.amazonaws.com.
Without it, or with legacy, older SDKs call the global sts.amazonaws.com, and JavaScript v2 does so in every Region.

In a VPC without internet access, a call to the global hostname times out: a VPC endpoint for STS answers only for the
regional one. In Regions that an account must enable, such as me-south-1, services return InvalidToken for credentials
of the global endpoint, unless the account's STS settings make them valid in all Regions. AWS_ENDPOINT_URL, for
example for an object store, also redirects the calls to STS in SDKs that support it.`,
		Example: `A service account that selects the global endpoint, in a VPC without internet access:

    metadata:
      annotations:
        eks.amazonaws.com/sts-regional-endpoints: "false"

    dial tcp: lookup sts.amazonaws.com: i/o timeout`,
		Fix: `Remove the annotation, or set the variable:

    kubectl set env deployment/web -n shop -c app AWS_STS_REGIONAL_ENDPOINTS=regional

For an object store, use AWS_ENDPOINT_URL_S3 in place of AWS_ENDPOINT_URL. A private VPC needs the endpoint
com.amazonaws.REGION.sts with private DNS, and a security group that allows the pods on port 443.`,
		Verify: `Call the endpoint in the container, and read the hostname in CloudTrail (tlsDetails.clientProvidedHostHeader):

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
				Result: Fail, Where: where(c, "env"), Have: have, Need: "a network connection from the pod to that endpoint on port 443",
				Why: "the pod calls STS to exchange its web identity, and a restricted network allows only known endpoints",
			}
			if global := calls.Kinds[sdk.Global]; calls.Plain() && len(global) > 0 && sdk.OptIn(calls.Region) {
				out.Need = "credentials of " + stsHost("sts", calls.Region)
				out.Why = calls.Region + " is a Region that an account must enable: services there return InvalidToken for credentials of sts.amazonaws.com, unless the account's STS settings make them valid in all Regions"
			}
			if e, ok := s.STSEndpoint(); ok {
				out.Need += "; the VPC endpoint " + e.ServiceName + " answers for the regional name"
			}
			switch {
			case c.CustomSTS() != "":
				out.Advice = "remove " + c.CustomSTS() + " unless it is an endpoint of STS; other services have their own variables, such as AWS_ENDPOINT_URL_S3"
			case c.Variables.IsTrue(subject.UseFIPS), c.Variables.IsTrue(subject.UseDualStack):
				out.Advice = "allow egress from the pod to that endpoint in the network"
			default:
				out.Fix = editContainer(s, c.Name, change.SetVariables{Pod: podRef(s), Container: c.Name, Variables: []change.Variable{{Name: subject.STSRegional, Value: "regional"}}})
			}
			return out
		}, inject.WebIdentity)
	},
}

// stsText returns which endpoints are called.
func stsText(s *subject.Subject, c *subject.Container, calls subject.STSCalls) string {
	switch {
	case calls.Custom != "":
		return Describe(c.Variables, calls.Custom)
	case calls.FIPS && calls.DualStack:
		return subject.UseFIPS + "=true and " + subject.UseDualStack + "=true: the FIPS dual-stack endpoint of " + calls.Region
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
		{sdk.Global, "sts.amazonaws.com"}, {sdk.Regional, stsHost("sts", calls.Region)}, {sdk.EndpointUnknown, "either of them, depending on the release"},
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
