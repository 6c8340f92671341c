package trust

import (
	"strconv"
	"strings"
	"time"
)

// A WebIdentityRequest is what is known of a pod's call of AssumeRoleWithWebIdentity. What is empty is
// unknown, except Audiences, which stands for the one that IRSA uses.
type WebIdentityRequest struct {
	Issuer      string    // of the cluster, with or without https://
	Provider    string    // ARN of the OIDC provider; made of the role's account and partition if empty
	Partition   string    // of the role; from RoleARN if empty, "aws" if that is empty too
	Account     string    // of the role; from RoleARN if empty
	Subject     string    // the token's sub; see Subject
	Audiences   []string  // the token's aud; DefaultAudience if empty
	RoleARN     string    // the role that the pod asks for
	Region      string    // of the STS endpoint that is called
	SessionName string    // AWS_ROLE_SESSION_NAME where it is set; SDKs choose one otherwise
	SourceIP    string    // address that STS sees
	Time        time.Time // of the call; zero is unknown
}

// DefaultAudience is the audience of IRSA's tokens in every partition:
// https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
const DefaultAudience = "sts.amazonaws.com"

const (
	fromOutside = "it depends on where the call comes from"
	ofTheRole   = "it is the role's own, which was not read"
	notListed   = "whether a request carries it is not documented"
)

// WebIdentity is the request that STS puts to the role's trust policy when a pod calls
// AssumeRoleWithWebIdentity. Which keys it carries follows the condition keys' reference
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, and _iam-condition-keys
// for those of STS): the token's, those of the call, those of the role. Nothing about a caller, because
// the call is not signed.
func WebIdentity(w WebIdentityRequest) Request {
	issuer := TrimScheme(w.Issuer)
	arnPartition, arnAccount := partitionAndAccount(w.RoleARN)
	partition := firstNonEmpty(w.Partition, arnPartition, "aws")
	account := firstNonEmpty(w.Account, arnAccount)
	provider := firstNonEmpty(w.Provider, ProviderARN(partition, account, issuer))
	if own := TrimScheme(providerIssuer(provider)); issuer == "" {
		issuer = own
	}
	audiences := w.Audiences
	if len(audiences) == 0 {
		audiences = []string{DefaultAudience}
	}
	r := Request{
		Principal: Principal{Federated, provider},
		Actions:   []string{ActionWebIdentity},
		Resource:  w.RoleARN,
		longest:   MaxSubject,
	}
	r.subjectKey = r.claim("sub")
	c := &r.Context
	c.setOrUnknown(issuer+":sub", w.Subject, "the subject is not known")
	c.Set(issuer+":aud", audiences...)
	c.ofTheCall(w.Time, w.Region)
	c.ofTheRole(account)
	c.setOrUnknown("sts:RoleSessionName", w.SessionName, "the SDK chooses it")
	c.put("sts:RoleAuthorizedByIdp", Value{Values: []string{"false"}, MaybeAbsent: true})
	c.put("aws:ViaAWSService", Value{Values: []string{"false"}, MaybeAbsent: true})
	c.fromNetwork(w.SourceIP)
	c.never, c.families = notOfWebIdentity, notOfWebIdentityFamilies
	return r
}

// notOfWebIdentity are the keys that never come with AssumeRoleWithWebIdentity, because no principal signs
// the call, no service makes it for somebody, and Kubernetes' tokens have none of the claims that become
// tags or a source identity.
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

var notOfWebIdentityFamilies = []keyFamily{
	{"aws:principaltag/", Value{}},
	{"aws:requesttag/", Value{}},
	{"aws:resourcetag/", Value{Unknown: true, MaybeAbsent: true, Reason: ofTheRole}},
	{"sts:requestcontext/", Value{}},
	{"aws:", Value{Unknown: true, MaybeAbsent: true, Reason: notListed}},
	{"sts:", Value{Unknown: true, MaybeAbsent: true, Reason: notListed}},
}

func (c *Context) ofTheCall(at time.Time, region string) {
	c.Set("aws:SecureTransport", "true") // the SDKs know STS by https:// only
	c.SetUnknown("aws:UserAgent", false, "it is the SDK's")
	c.setOrUnknown("aws:RequestedRegion", region, "the region of the STS endpoint is not known")
	if at.IsZero() {
		c.SetUnknown("aws:CurrentTime", false, "the time of the call is not known")
		c.SetUnknown("aws:EpochTime", false, "the time of the call is not known")
		return
	}
	c.Set("aws:CurrentTime", at.UTC().Format(time.RFC3339))
	c.Set("aws:EpochTime", strconv.FormatInt(at.Unix(), 10))
}

func (c *Context) ofTheRole(account string) {
	c.setOrUnknown("aws:ResourceAccount", account, "the role's account is not known")
	c.SetUnknown("aws:ResourceOrgID", true, ofTheRole)
	c.SetUnknown("aws:ResourceOrgPaths", true, ofTheRole)
}

// fromNetwork: a call comes either over the internet, with an address, or through a VPC endpoint, with the
// endpoint's keys; which is not visible from here unless the address is given.
func (c *Context) fromNetwork(sourceIP string) {
	network := [...]string{
		"aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn", "aws:VpcSourceIp",
		"aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths",
	}
	for _, key := range network {
		if sourceIP != "" {
			c.put(key, Value{})
			continue
		}
		c.SetUnknown(key, true, fromOutside)
	}
	if sourceIP != "" {
		c.Set("aws:SourceIp", sourceIP)
		return
	}
	c.SetUnknown("aws:SourceIp", true, fromOutside)
}

func (c *Context) setOrUnknown(key, value, reason string) {
	if value == "" {
		c.SetUnknown(key, false, reason)
		return
	}
	c.Set(key, value)
}

// ProviderARN is the ARN of the OIDC provider for an issuer:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
func ProviderARN(partition, account, issuer string) string {
	return "arn:" + partition + ":iam::" + account + oidcProvider + TrimScheme(issuer)
}

// TrimScheme takes https:// off an issuer, as IAM does in the ARN of the provider and in condition keys. A
// trailing slash stays.
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

func firstNonEmpty(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
