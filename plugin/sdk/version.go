package sdk

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

// An Ability is something that an SDK learned with a release.
type Ability uint8

// The abilities.
const (
	TakesWebIdentity  Ability = iota // it exchanges the token of AWS_WEB_IDENTITY_TOKEN_FILE by itself
	AsksAgent                        // it accepts the address of the Pod Identity agent, and reads the file with its token
	regionalByDefault                // it calls the regional endpoint of STS unless it is told otherwise
)

// since has the first release with an ability; one that is not listed has it in every release that there is, or that release is
// unknown. The first two are of the EKS User Guide, "Use IRSA with the AWS SDK" and "Use pod identity with the AWS SDK"
// (https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts-minimum-sdk.html and pod-id-minimum-sdk.html).
// Where these name no version of a package:
//   - Go v2 is the module config (its CHANGELOG.md, v1.25.0), which had web identity in its first release;
//   - .NET is the package AWSSDK.Core (aws-sdk-net discussion 3214); for web identity the guide names a release of all packages;
//   - Ruby is the gem aws-sdk-core (its CHANGELOG.md).
//
// Regional endpoints: botocore's CHANGELOG.rst 1.40.0, aws-sdk-core's 3.92.0.
var since = map[Name]map[Ability]string{
	GoV2:   {AsksAgent: "1.25.0"},
	GoV1:   {TakesWebIdentity: "1.23.13", AsksAgent: "1.47.11"},
	JavaV2: {TakesWebIdentity: "2.10.11", AsksAgent: "2.21.30"},
	JavaV1: {TakesWebIdentity: "1.11.704", AsksAgent: "1.12.746"},
	Python: {TakesWebIdentity: "1.9.220", AsksAgent: "1.34.41", regionalByDefault: "1.40.0"},
	JSV3:   {TakesWebIdentity: "3.27.0", AsksAgent: "3.458.0"},
	JSV2:   {TakesWebIdentity: "2.525.0", AsksAgent: "2.1550.0"},
	DotNet: {TakesWebIdentity: "3.3.659.1", AsksAgent: "3.7.302"},
	Ruby:   {TakesWebIdentity: "3.58.0", AsksAgent: "3.188.0", regionalByDefault: "3.92.0"},
	PHP:    {TakesWebIdentity: "3.110.7", AsksAgent: "3.287.1"},
	Cpp:    {TakesWebIdentity: "1.7.174", AsksAgent: "1.11.263"},
	Kotlin: {AsksAgent: "1.0.1"},
}

// Lacks reports whether the version of an SDK is older than an ability, and the first release that has it. One whose version
// is unknown lacks nothing.
func (n Name) Lacks(a Ability) (first string, lacks bool) {
	first = since[n.SDK()][a]
	if first == "" || n.Version() == "" || compareVersions(n.Version(), first) >= 0 {
		return "", false
	}
	return first, true
}

// versionForm is the form of a version.
var versionForm = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,9}){0,4}$`)

// compareVersions compares versions number by number. One that ends earlier goes on with zeros: 1.9 is 1.9.0.
func compareVersions(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		m, _ := strconv.Atoi(x)
		n, _ := strconv.Atoi(y)
		if c := cmp.Compare(m, n); c != 0 {
			return c
		}
	}
	return 0
}

// versionExample is a version of the SDK as it is written.
func versionExample(n Name) string { return cmp.Or(since[n][AsksAgent], "1.0.0") }
