// Package partition knows the partitions of AWS: groups of regions, each with its own IAM and STS. A role of one
// partition cannot be assumed at the STS of another.
package partition

import (
	"regexp"
	"strings"
)

// A Partition is a group of regions.
type Partition struct {
	// ID is how ARNs name it, such as aws-us-gov.
	ID string
	// Home is the region that stands for the whole partition where none is known ("implicit global region").
	Home string
	// Suffix ends the names of its endpoints, and DualStack those that also answer IPv6.
	Suffix, DualStack string

	regions *regexp.Regexp
}

// all are the partitions that the AWS SDKs know (aws-sdk-go-v2 internal/endpoints/awsrulesfn/partitions.json: regionRegex,
// implicitGlobalRegion, dnsSuffix, dualStackDnsSuffix). GovCloud shares its suffixes with the commercial regions.
var all = []Partition{
	{"aws", "us-east-1", "amazonaws.com", "api.aws", regexp.MustCompile(`^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$`)},
	{"aws-cn", "cn-northwest-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn", regexp.MustCompile(`^cn-\w+-\d+$`)},
	{"aws-us-gov", "us-gov-west-1", "amazonaws.com", "api.aws", regexp.MustCompile(`^us-gov-\w+-\d+$`)},
	{"aws-eusc", "eusc-de-east-1", "amazonaws.eu", "api.amazonwebservices.eu", regexp.MustCompile(`^eusc-\w+-\w+-\d+$`)},
	{"aws-iso", "us-iso-east-1", "c2s.ic.gov", "api.aws.ic.gov", regexp.MustCompile(`^us-iso-\w+-\d+$`)},
	{"aws-iso-b", "us-isob-east-1", "sc2s.sgov.gov", "api.aws.scloud", regexp.MustCompile(`^us-isob-\w+-\d+$`)},
	{"aws-iso-e", "eu-isoe-west-1", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", regexp.MustCompile(`^eu-isoe-\w+-\d+$`)},
	{"aws-iso-f", "us-isof-south-1", "csp.hci.ic.gov", "api.aws.hci.ic.gov", regexp.MustCompile(`^us-isof-\w+-\d+$`)},
}

// ByID returns the partition with an ID.
func ByID(id string) (Partition, bool) {
	for _, p := range all {
		if p.ID == id {
			return p, true
		}
	}
	return Partition{}, false
}

// OfRegion returns the partition of a region.
func OfRegion(region string) (Partition, bool) {
	for _, p := range all {
		if p.regions.MatchString(region) {
			return p, true
		}
	}
	return Partition{}, false
}

// OfHost returns the partition of a host of AWS, such as sts.us-gov-west-1.amazonaws.com: that of the region in its name, or
// else, as for sts.amazonaws.com, the one that the suffix stands for. ok is false where the host is none of AWS's.
func OfHost(host string) (p Partition, ok bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, candidate := range all {
		if hasSuffix(host, candidate.Suffix) || hasSuffix(host, candidate.DualStack) {
			p, ok = candidate, true
			break
		}
	}
	if !ok {
		return Partition{}, false
	}
	for label := range strings.SplitSeq(host, ".") {
		if named, is := OfRegion(label); is {
			return named, true
		}
	}
	return p, true
}

func hasSuffix(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain)
}
