package partition

import "testing"

func TestOfRegion(t *testing.T) {
	for region, want := range map[string]string{
		"us-west-2": "aws", "mx-central-1": "aws", "ap-southeast-7": "aws", "il-central-1": "aws",
		"us-gov-west-1": "aws-us-gov", "us-gov-east-1": "aws-us-gov",
		"cn-north-1": "aws-cn", "eusc-de-east-1": "aws-eusc",
		"us-iso-east-1": "aws-iso", "us-isob-east-1": "aws-iso-b", "eu-isoe-west-1": "aws-iso-e", "us-isof-south-1": "aws-iso-f",
		"": "", "mars-1": "", "us-gov": "", "US-WEST-2": "", "us-west-2" + " ": "", "aws-global": "",
	} {
		if p, ok := OfRegion(region); p.ID != want || ok != (want != "") {
			t.Errorf("%q: %q, %v, want %q", region, p.ID, ok, want)
		}
	}
}

func TestOfHost(t *testing.T) {
	for host, want := range map[string]string{
		"sts.amazonaws.com":                                   "aws",
		"sts.eu-west-1.amazonaws.com":                         "aws",
		"STS.EU-WEST-1.AMAZONAWS.COM.":                        "aws",
		"sts-fips.us-gov-west-1.amazonaws.com":                "aws-us-gov",
		"sts.us-gov-west-1.api.aws":                           "aws-us-gov",
		"sts.cn-north-1.amazonaws.com.cn":                     "aws-cn",
		"sts.cn-north-1.api.amazonwebservices.com.cn":         "aws-cn",
		"sts.eusc-de-east-1.amazonaws.eu":                     "aws-eusc",
		"sts.us-iso-east-1.c2s.ic.gov":                        "aws-iso",
		"vpce-0a1b-2c3d.sts.us-gov-west-1.vpce.amazonaws.com": "aws-us-gov",
		"minio.shop.svc":                                      "",
		"notamazonaws.com":                                    "",
		"amazonaws.com.evil":                                  "",
		"":                                                    "",
	} {
		if p, ok := OfHost(host); p.ID != want || ok != (want != "") {
			t.Errorf("%q: %q, %v, want %q", host, p.ID, ok, want)
		}
	}
}

// TestHomes holds that each partition's own region and suffix lead back to it.
func TestHomes(t *testing.T) {
	for _, p := range all {
		if of, ok := OfRegion(p.Home); !ok || of.ID != p.ID {
			t.Errorf("%s: its region %s is of %q", p.ID, p.Home, of.ID)
		}
		for _, suffix := range []string{p.Suffix, p.DualStack} {
			if of, ok := OfHost("sts." + p.Home + "." + suffix); !ok || of.ID != p.ID {
				t.Errorf("%s: sts.%s.%s is of %q", p.ID, p.Home, suffix, of.ID)
			}
		}
		if of, ok := ByID(p.ID); !ok || of.Home != p.Home {
			t.Errorf("%s is not found", p.ID)
		}
	}
}
