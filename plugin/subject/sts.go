package subject

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/partition"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// The variables that decide which STS endpoint an SDK calls (AWS SDKs and Tools Reference Guide, "AWS STS
// Regional endpoints", "Service-specific endpoints", "Dual-stack and FIPS endpoints").
const (
	STSRegional        = "AWS_STS_REGIONAL_ENDPOINTS"
	StsEndpointURL     = "AWS_ENDPOINT_URL_STS"
	EndpointURL        = "AWS_ENDPOINT_URL"
	endpointURLIgnored = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
	UseFIPS            = "AWS_USE_FIPS_ENDPOINT"
	UseDualStack       = "AWS_USE_DUALSTACK_ENDPOINT"
)

// IsTrue reports whether a switch is on.
func (v Variables) IsTrue(name string) bool {
	variable := v.Get(name)
	return variable.Known && strings.EqualFold(variable.Value, "true")
}

// CustomSTS returns the variable that sets another STS endpoint for the container's SDK; empty where it
// is not. Not every SDK knows these variables.
func (c *Container) CustomSTS() string {
	if c.Variables.IsTrue(endpointURLIgnored) {
		return ""
	}
	for _, name := range []string{StsEndpointURL, EndpointURL} {
		if _, set := c.Variables.Known(name); set {
			return name
		}
	}
	return ""
}

// stsElsewhere returns why nothing is known of what STS answers: the container's calls go to a place that is
// not AWS's, or may.
func (c *Container) stsElsewhere() []fact.Gap {
	name := c.CustomSTS()
	if name == "" {
		return nil
	}
	value := c.Variables.Get(name)
	if !value.Known {
		return c.Variables.Gaps(name)
	}
	host := endpointHost(value.Value)
	if _, amazon := partition.OfHost(host); amazon {
		return nil
	}
	return []fact.Gap{{What: name + " of container " + c.Name, Reason: host + " is not an AWS endpoint, and its answers are unknown"}}
}

// RegionOf is the region that the container's SDK uses, as far as variables and the cluster show.
func (s *Seen) RegionOf(c *Container) string {
	for _, name := range []string{Region, DefaultRegion} {
		if region, set := c.Variables.Known(name); set && region != snapshot.Redacted && c.Variables.Get(name).Known {
			return region
		}
	}
	return s.Snapshot.Cluster().Region
}

// STSCalls are which STS endpoint a container's SDKs call.
type STSCalls struct {
	// Custom is the variable that names another endpoint; empty where none does.
	Custom          string
	FIPS, DualStack bool
	Region          string // as far as it is known
	// Setting is AWS_STS_REGIONAL_ENDPOINTS, and Kinds are the SDKs by the endpoint that they call then; none where all call
	// that of the region.
	Setting string
	Kinds   map[sdk.Endpoint][]sdk.Name
}

// Regional reports whether all SDKs call the endpoint of the region, and no variant of it.
func (c STSCalls) Regional() bool {
	return c.Plain() && len(c.Kinds) == 0
}

// Plain reports whether no variable names another endpoint, or a variant of one.
func (c STSCalls) Plain() bool { return c.Custom == "" && !c.FIPS && !c.DualStack }

// STSCalls returns which STS endpoint the container's SDKs call.
func (s *Seen) STSCalls(c *Container) STSCalls {
	calls := STSCalls{
		Custom: c.CustomSTS(), FIPS: c.Variables.IsTrue(UseFIPS), DualStack: c.Variables.IsTrue(UseDualStack), Region: s.RegionOf(c),
	}
	calls.Setting, _ = c.Variables.Known(STSRegional)
	if of, known := partition.OfRegion(calls.Region); calls.Setting == "regional" || known && of.ID != "aws" {
		return calls // only the commercial partition has a global endpoint
	}
	kinds := map[sdk.Endpoint][]sdk.Name{}
	for _, name := range s.SDKs() {
		kind := sdk.STSEndpoint(name, calls.Region, calls.Setting)
		kinds[kind] = append(kinds[kind], name)
	}
	if len(kinds[sdk.Global])+len(kinds[sdk.EndpointUnknown]) > 0 {
		calls.Kinds = kinds
	}
	return calls
}

// STSEndpoint returns the VPC endpoint for STS; ok is false where there is none or where it is unknown.
func (s *Seen) STSEndpoint() (snapshot.VPCEndpoint, bool) {
	endpoints, _ := s.Snapshot.VPCEndpoints().Get()
	for _, e := range endpoints {
		if strings.HasSuffix(e.ServiceName, ".sts") && e.PrivateDNSEnabled {
			return e, true
		}
	}
	return snapshot.VPCEndpoint{}, false
}

// AsksSTS reports whether the container's own settings send it to STS.
func (c *Container) AsksSTS() bool {
	return c.Wants == inject.WebIdentity && c.Environment.WebIdentity != sdk.None
}
