package sdk

import "slices"

// An Endpoint is the kind of STS endpoint that an SDK calls with a web identity.
type Endpoint string

const (
	Regional        Endpoint = "regional" // sts.REGION.amazonaws.com
	Global          Endpoint = "global"   // sts.amazonaws.com
	EndpointUnknown Endpoint = "unknown"  // depends on the SDK's age, or is not established
)

// legacyRegions are the regions for which an SDK in legacy mode calls the global endpoint; in all others it calls the regional one
// whatever the variable says (botocore, LEGACY_GLOBAL_STS_REGIONS; aws-sdk-go, the same list).
var legacyRegions = []string{
	"ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1",
	"eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
}

// STSEndpoint returns the kind of endpoint that the SDK calls in a region of the commercial partition (empty where it is unknown)
// where AWS_STS_REGIONAL_ENDPOINTS has the given value ("" where it is not set).
//
// JavaScript v2 calls the global endpoint in every region unless it is told otherwise: its endpoint of STS has no region
// (lib/region_config_data.json, "*/sts"; lib/services/sts.js, optInRegionalEndpoint).
//
// The others do so in some regions at most. Go v2 is always regional, and Go v1, Ruby and botocore follow the variable, by their
// sources. Major versions that came after July 2022 are regional and may ignore the variable (AWS SDKs and Tools Reference
// Guide, "AWS STS Regional endpoints"). The default of Python, PHP, C++ and .NET became regional on 2025-07-31, when that of
// the others was (https://aws.amazon.com/blogs/developer/updating-aws-sdk-defaults-aws-sts-service-endpoint-and-retry-strategy).
// What Java v1 does is not established.
func STSEndpoint(name Name, region, variable string) Endpoint {
	if name.SDK() == JSV2 {
		if variable == "regional" {
			return Regional
		}
		return Global
	}
	if region != "" && !slices.Contains(legacyRegions, region) {
		return Regional
	}
	switch name.SDK() {
	case GoV2, JavaV2, JSV3, Rust, Kotlin, Swift:
		return Regional
	case GoV1:
		if variable == "regional" {
			return Regional
		}
		return Global // "legacy" is its default
	case Python, Ruby:
		return byDefault(name, variable)
	}
	if variable == "regional" {
		return Regional
	}
	return EndpointUnknown
}

// byDefault is the endpoint of an SDK that follows the variable, and whose default changed with a release.
func byDefault(name Name, variable string) Endpoint {
	_, old := name.Lacks(regionalByDefault)
	switch {
	case variable == "regional":
		return Regional
	case variable == "legacy" || old:
		return Global
	case name.Version() == "" && name.SDK() == Python:
		return EndpointUnknown // images with a release of before July 2025 are many
	default:
		return Regional
	}
}

// lateButEnabled is a region that SDKs in legacy mode call by its own endpoint, and that every account has.
const lateButEnabled = "ap-northeast-3"

// OptIn reports whether a region of the commercial partition is one that an account has to enable. Credentials of the global
// endpoint are not valid there, unless the account says so (IAM User Guide, "Manage AWS STS in an AWS Region").
func OptIn(region string) bool {
	return region != "" && region != lateButEnabled && !slices.Contains(legacyRegions, region)
}
