package sdk

import "slices"

// regionVariables are the variables that an SDK takes its region from.
var regionVariables = map[Name][]State{
	GoV2:   {RegionSet, RegionOnly, DefaultRegionOnly},
	GoV1:   {RegionSet, RegionOnly}, // AWS_DEFAULT_REGION only with AWS_SDK_LOAD_CONFIG
	JavaV2: {RegionSet, RegionOnly},
	JavaV1: {RegionSet, RegionOnly},
	Python: {RegionSet, DefaultRegionOnly}, // botocore does not know AWS_REGION
	JSV3:   {RegionSet, RegionOnly},
	JSV2:   {RegionSet, RegionOnly},
	Ruby:   {RegionSet, RegionOnly, DefaultRegionOnly},
	Rust:   {RegionSet, RegionOnly, DefaultRegionOnly},
	Kotlin: {RegionSet, RegionOnly},
}

// needsRegion says that nothing in the environment gives the SDK a region and that it has no default.
// It is false where the region is not known, and for the SDKs that have a default of their own (.NET
// and PHP take us-east-1 for STS, C++ for every service) or whose rule is not established (Swift).
//
// Java, Kotlin and Rust also ask IMDS for the region; they are named all the same, because the answer
// is the node's and goes away with IMDS.
func needsRegion(name Name, region State) bool {
	switch region {
	case RegionUnset, RegionOnly, DefaultRegionOnly:
	default:
		return false
	}
	reads, known := regionVariables[name]
	return known && !slices.Contains(reads, region)
}
