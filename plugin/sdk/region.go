package sdk

import "slices"

// regionVariables are the variables that an SDK takes its region from: the first that is set. PHP's is the one of the
// client (CredentialProvider::defaultProvider hands it on), which a program takes from one of the two.
var regionVariables = map[Name][]State{
	GoV2:   {RegionOnly, DefaultRegionOnly},
	GoV1:   {RegionOnly}, // AWS_DEFAULT_REGION only with AWS_SDK_LOAD_CONFIG
	JavaV2: {RegionOnly},
	JavaV1: {RegionOnly},
	Python: {DefaultRegionOnly}, // botocore does not know AWS_REGION
	JSV3:   {RegionOnly},
	JSV2:   {RegionOnly},
	DotNet: {RegionOnly},
	PHP:    {RegionOnly, DefaultRegionOnly},
	Ruby:   {RegionOnly, DefaultRegionOnly},
	Cpp:    {DefaultRegionOnly}, // STSAssumeRoleWebIdentityCredentialsProvider
	Rust:   {RegionOnly, DefaultRegionOnly},
	Kotlin: {RegionOnly},
	Swift:  {RegionOnly},
}

// regionOptional are the SDKs that have their own default (.NET and PHP use us-east-1 for STS, C++ for every service), or
// whose rule is not established.
var regionOptional = []Name{DotNet, PHP, Cpp, Swift}

// needsRegion reports whether nothing in the environment gives the SDK a region and it has no default.
// It is false where the region is unknown.
//
// Java, Kotlin and Rust also ask IMDS for the region; they are named all the same, because the answer
// is the node's and goes away with IMDS.
func needsRegion(name Name, region State) bool {
	switch region {
	case RegionUnset, RegionOnly, DefaultRegionOnly:
	default:
		return false
	}
	reads, known := regionVariables[name.SDK()]
	return known && !slices.Contains(regionOptional, name.SDK()) && !slices.Contains(reads, region)
}
