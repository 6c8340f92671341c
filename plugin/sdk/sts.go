package sdk

// STS says, by partition, where a container's SDKs send a web identity: empty where a variable is not set, and
// [UnknownPartition] where it is or may be and says nothing.
type STS struct {
	Role                  string // of AWS_ROLE_ARN
	Region, DefaultRegion string // of AWS_REGION and AWS_DEFAULT_REGION
	Endpoint              string // of the endpoint that a variable names
}

// UnknownPartition is one that is unknown.
const UnknownPartition = string(Unknown)

// withoutEndpoint are the SDKs that do not know AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL (AWS SDKs and Tools Reference Guide,
// "Service-specific endpoints", support by AWS SDKs and tools).
var withoutEndpoint = map[Name]bool{GoV1: true, JavaV1: true, JSV2: true}

// Partition is that of the STS which the SDK calls.
func (s STS) Partition(name Name) string {
	if s.Endpoint != "" && !withoutEndpoint[name.SDK()] {
		return s.Endpoint
	}
	for _, variable := range regionVariables[name.SDK()] {
		switch {
		case variable == RegionOnly && s.Region != "":
			return s.Region
		case variable == DefaultRegionOnly && s.DefaultRegion != "":
			return s.DefaultRegion
		}
	}
	return UnknownPartition
}

// Elsewhere reports whether the SDK certainly calls the STS of another partition than the role's.
func (s STS) Elsewhere(name Name) bool {
	called := s.Partition(name)
	return s.Role != "" && s.Role != UnknownPartition && called != UnknownPartition && called != s.Role
}
