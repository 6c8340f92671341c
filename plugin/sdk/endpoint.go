package sdk

// An Endpoint is the kind of STS endpoint that an SDK calls with a web identity.
type Endpoint string

const (
	Regional        Endpoint = "regional" // sts.REGION.amazonaws.com
	Global          Endpoint = "global"   // sts.amazonaws.com
	EndpointUnknown Endpoint = "unknown"  // depends on the SDK's age, or is not established
)

// STSEndpoint returns the kind of endpoint that the SDK calls where AWS_STS_REGIONAL_ENDPOINTS has the
// given value ("" where it is not set).
//
// Go v2 is always regional, and Go v1 and botocore follow the variable, by their sources. Major
// versions that came after July 2022 are regional and may ignore the variable (AWS SDKs and Tools
// Reference Guide, "AWS STS Regional endpoints"). For the others it depends on the release, which
// cannot be seen from outside an image.
func STSEndpoint(name Name, variable string) Endpoint {
	switch name {
	case GoV2, Rust, Kotlin, Swift:
		return Regional
	case GoV1:
		if variable == "regional" {
			return Regional
		}
		return Global // "legacy" is its default
	case Python:
		switch variable {
		case "regional":
			return Regional
		case "legacy":
			return Global
		}
		return EndpointUnknown // the default became regional on 2025-07-31
	}
	return EndpointUnknown
}
