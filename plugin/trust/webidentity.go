package trust

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A WebIdentityRequest describes a pod's call of sts:AssumeRoleWithWebIdentity. What is empty is unknown, and so is
// every answer that depends on it; only Audiences has a default.
type WebIdentityRequest struct {
	Issuer      string    // of the cluster's tokens, with or without https://
	RoleARN     string    // the role that the pod asks for; the OIDC provider has to be one of its account
	Subject     string    // the token's sub; see Subject
	Audiences   []string  // the token's aud; DefaultAudience if empty
	Region      string    // of the STS endpoint that is called
	SessionName string    // AWS_ROLE_SESSION_NAME where it is set; SDKs choose one otherwise
	SourceIP    string    // address that STS sees
	Time        time.Time // of the call
}

// Why a key is unknown.
const (
	fromOutside         = "it depends on the source of the call"
	ofTheRole           = "it belongs to the role and was not read"
	notListed           = "AWS does not document whether a request has it"
	issuerUnknown       = "the cluster's issuer is unknown"
	accountUnknown      = "the role's account is unknown"
	timeUnknown         = "the time of the call is unknown"
	organizationUnknown = "the cluster's organization is unknown"
)

// WebIdentity is the request that STS makes of a role's trust policy when a pod calls AssumeRoleWithWebIdentity. It
// comes from the OIDC provider that the role's own account has for the issuer; STS uses no other one. Which keys it
// carries follows the reference of condition keys
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, and _iam-condition-keys
// for those of STS): those of the token, of the call, of the role. None is about a caller, because the call is not
// signed.
func WebIdentity(w WebIdentityRequest) Request {
	issuer := TrimScheme(w.Issuer)
	partition, account := partitionAndAccount(w.RoleARN)
	provider := oidcProvider + issuer
	if w.RoleARN != "" {
		provider = providerARN(partition, account, issuer)
	}
	audiences := w.Audiences
	if len(audiences) == 0 {
		audiences = []string{DefaultAudience}
	}
	r := newRequest(Principal{Federated, provider}, ActionWebIdentity)
	r.longest = MaxSubject
	c := &r.context
	c.setOrUnknown(issuer+":sub", w.Subject, "the subject is unknown")
	c.set(issuer+":aud", audiences...)
	c.ofTheCall(w.Time, w.Region)
	c.ofTheRole(account)
	c.setOrUnknown("sts:RoleSessionName", w.SessionName, "the SDK chooses it")
	c.put("sts:RoleAuthorizedByIdp", value{values: []string{"false"}, maybeAbsent: true})
	c.put("aws:ViaAWSService", value{values: []string{"false"}, maybeAbsent: true})
	c.fromNetwork(w.SourceIP)
	c.never, c.families = notOfWebIdentity, usualFamilies
	if issuer == "" {
		c.families = familiesWithoutIssuer
	}
	return r
}

// notOfWebIdentity are the keys that never come with AssumeRoleWithWebIdentity, because no principal signs the call, no
// service makes it for somebody, and Kubernetes' tokens have none of the claims that become tags or a source identity.
var notOfWebIdentity = map[string]bool{
	"aws:principalarn":                 true,
	"aws:principalaccount":             true,
	"aws:principalorgid":               true,
	"aws:principalorgpaths":            true,
	"aws:principalisawsservice":        true,
	"aws:principalservicename":         true,
	"aws:principalservicenameslist":    true,
	"aws:username":                     true,
	"aws:federatedprovider":            true,
	"aws:tokenissuetime":               true,
	"aws:assumedroot":                  true,
	"aws:sourceidentity":               true,
	"aws:multifactorauthpresent":       true,
	"aws:multifactorauthage":           true,
	"aws:chatbotsourcearn":             true,
	"aws:ec2instancesourcevpc":         true,
	"aws:ec2instancesourceprivateipv4": true,
	"aws:sourcearn":                    true,
	"aws:sourceaccount":                true,
	"aws:sourceorgid":                  true,
	"aws:sourceorgpaths":               true,
	"aws:calledvia":                    true,
	"aws:calledviafirst":               true,
	"aws:calledvialast":                true,
	"aws:tagkeys":                      true,
	"sts:externalid":                   true,
	"sts:sourceidentity":               true,
	"sts:transitivetagkeys":            true,
	"sts:durationseconds":              true,
	"sts:awsservicename":               true,
	"sts:requestcontextproviders":      true,
	"sts:taskpolicyarn":                true,
}

// usualFamilies are the same for both kinds of request: what no key list mentions may come with any call.
var usualFamilies = []keyFamily{
	{"aws:principaltag/", value{}},
	{"aws:requesttag/", value{}},
	{"aws:resourcetag/", value{unknown: true, maybeAbsent: true, reason: ofTheRole}},
	{"sts:requestcontext/", value{}},
	{"aws:", value{unknown: true, maybeAbsent: true, reason: notListed}},
	{"sts:", value{unknown: true, maybeAbsent: true, reason: notListed}},
}

// familiesWithoutIssuer: where the issuer is unknown, any other key may be one of its claims.
var familiesWithoutIssuer = append(slices.Clone(usualFamilies), keyFamily{"", value{unknown: true, maybeAbsent: true, reason: issuerUnknown}})

func (c *context) ofTheCall(at time.Time, region string) {
	c.set("aws:SecureTransport", "true") // the SDKs call STS by https:// only
	c.setUnknown("aws:UserAgent", false, "the SDK chooses it")
	c.setOrUnknown("aws:RequestedRegion", region, "the region of the STS endpoint is unknown")
	if at.IsZero() {
		c.setUnknown("aws:CurrentTime", false, timeUnknown)
		c.setUnknown("aws:EpochTime", false, timeUnknown)
		return
	}
	c.set("aws:CurrentTime", at.UTC().Format(time.RFC3339))
	c.set("aws:EpochTime", strconv.FormatInt(at.Unix(), 10))
}

func (c *context) ofTheRole(account string) {
	c.setOrUnknown("aws:ResourceAccount", account, accountUnknown)
	c.setUnknown("aws:ResourceOrgID", true, ofTheRole)
	c.setUnknown("aws:ResourceOrgPaths", true, ofTheRole)
}

// fromNetwork: a call comes either over the internet, with an address, or through a VPC endpoint, with the endpoint's
// keys; which of them is unknown unless the address is given.
func (c *context) fromNetwork(sourceIP string) {
	for _, key := range [...]string{
		"aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn", "aws:VpcSourceIp",
		"aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths",
	} {
		if sourceIP != "" {
			c.put(key, value{})
			continue
		}
		c.setUnknown(key, true, fromOutside)
	}
	if sourceIP != "" {
		c.set("aws:SourceIp", sourceIP)
		return
	}
	c.setUnknown("aws:SourceIp", true, fromOutside)
}

// oidcProvider is between account and issuer in the ARN of an OIDC provider.
const oidcProvider = ":oidc-provider/"

// partial reports whether the ARN of an OIDC provider lacks its issuer, or all before it, which are unknown then.
func partial(provider string) bool {
	return strings.HasPrefix(provider, oidcProvider) || strings.HasSuffix(provider, oidcProvider)
}

// providerARN is the ARN of the OIDC provider for an issuer:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
func providerARN(partition, account, issuer string) string {
	return "arn:" + partition + ":iam::" + account + oidcProvider + issuer
}

// TrimScheme removes https:// from an issuer, as IAM does in the ARN of the provider and in condition keys. A trailing
// slash stays.
func TrimScheme(issuer string) string { return strings.TrimPrefix(issuer, "https://") }

func providerIssuer(provider string) string {
	_, issuer, _ := strings.Cut(provider, oidcProvider)
	return issuer
}

func partitionAndAccount(arn string) (partition, account string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return "", ""
	}
	return parts[1], parts[4]
}
