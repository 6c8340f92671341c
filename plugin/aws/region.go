package aws

import "cmp"

// homeRegions are the regions that stand for a whole partition where none is configured: IAM is one service for
// all regions of a partition, and the SDK finds its address by a region (AWS SDK, partitions.json: implicit
// global region).
var homeRegions = map[string]string{
	"aws":        "us-east-1",
	"aws-cn":     "cn-northwest-1",
	"aws-us-gov": "us-gov-west-1",
	"aws-iso":    "us-iso-east-1",
	"aws-iso-b":  "us-isob-east-1",
	"aws-iso-e":  "eu-isoe-west-1",
	"aws-iso-f":  "us-isof-south-1",
	"aws-eusc":   "eusc-de-east-1",
}

// homeRegion is the region to read a global service of a partition by.
func (r *Reader) homeRegion(partition string) string {
	return cmp.Or(r.config.Region, homeRegions[partition], homeRegions["aws"])
}
