package trust

import (
	"cmp"
	"strings"
	"time"
)

// A PodIdentityRequest describes the call by which EKS Pod Identity assumes a role for a pod. What is empty is unknown,
// and so is every answer that depends on it.
type PodIdentityRequest struct {
	ClusterARN     string
	ClusterName    string // from ClusterARN if empty
	Account        string // of the cluster; from ClusterARN if empty
	Region         string // of the cluster
	Namespace      string
	ServiceAccount string
	PodName        string
	PodUID         string
	RoleARN        string    // of the cluster's account: EKS assumes no role of another one
	Time           time.Time // of the call
	// DisableSessionTags is the association's setting of that name. EKS passes session tags, and has to be allowed
	// sts:TagSession, unless it is set; then no key is about the pod.
	DisableSessionTags bool
}

// The session tags that EKS Pod Identity passes:
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
const (
	tagClusterARN     = "eks-cluster-arn"
	tagClusterName    = "eks-cluster-name"
	tagNamespace      = "kubernetes-namespace"
	tagServiceAccount = "kubernetes-service-account"
	tagPodName        = "kubernetes-pod-name"
	tagPodUID         = "kubernetes-pod-uid"
)

const requestTag = "aws:RequestTag/"

// PodIdentity is the request that a role's trust policy has to allow for EKS Pod Identity: sts:AssumeRole, and
// sts:TagSession unless session tags are disabled, for the service and with the tags of the pod.
func PodIdentity(p PodIdentityRequest) Request {
	_, account := partitionAndAccount(p.ClusterARN)
	account = cmp.Or(p.Account, account)
	r := newRequest(Principal{Service, PodIdentityService}, actionAssumeRole, actionTagSession)
	c := &r.context
	if names := p.putTags(c, requestTag); len(names) > 0 {
		c.set("aws:TagKeys", names...)
		c.set("sts:TransitiveTagKeys", names...)
	} else {
		r.actions = r.actions[:1]
		c.put("aws:TagKeys", value{})
		c.put("sts:TransitiveTagKeys", value{})
	}
	c.setOrUnknown("aws:SourceArn", p.ClusterARN, notKnown)
	c.setOrUnknown("aws:SourceAccount", account, notKnown)
	c.ofTheCall(p.Time, p.Region)
	_, roleAccount := partitionAndAccount(p.RoleARN)
	c.ofTheRole(cmp.Or(roleAccount, account))
	c.ofTheSource(account, cmp.Or(roleAccount, account))
	c.setUnknown("sts:RoleSessionName", false, "EKS chooses it")
	c.fromNetwork("")
	c.never, c.families = notOfPodIdentity, usualFamilies
	return r
}

const notKnown = "it is unknown"

// putTags sets the session tags that EKS passes, as keys that begin with prefix, and returns their names; none where they
// are disabled.
func (p PodIdentityRequest) putTags(c *context, prefix string) []string {
	if p.DisableSessionTags {
		return nil
	}
	tags := [...]struct{ key, value string }{
		{tagClusterARN, p.ClusterARN},
		{tagClusterName, cmp.Or(p.ClusterName, clusterName(p.ClusterARN))},
		{tagNamespace, p.Namespace},
		{tagServiceAccount, p.ServiceAccount},
		{tagPodName, p.PodName},
		{tagPodUID, p.PodUID},
	}
	names := make([]string, 0, len(tags))
	for _, tag := range tags {
		c.setOrUnknown(prefix+tag.key, tag.value, notKnown)
		names = append(names, tag.key)
	}
	return names
}

// ofTheSource sets the keys of the organization of the cluster's account, which EKS passes with the call: those of the
// role are the same where the account is. An account that is in no organization has none.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceorgid
func (c *context) ofTheSource(account, roleAccount string) {
	source := value{unknown: true, maybeAbsent: true, reason: organizationUnknown}
	if account != "" {
		source.reason = "it is the organization of account " + account + ", which was not read; check with aws organizations describe-organization"
	}
	if account == "" || account != roleAccount {
		c.put("aws:SourceOrgID", source)
		c.put("aws:SourceOrgPaths", source)
		return
	}
	for _, key := range [...]string{"OrgID", "OrgPaths"} {
		source.twins = "aws:Source" + key + " and aws:Resource" + key + " are those of account " + account +
			": equal if it is in an organization, absent if not; check with aws organizations describe-organization"
		c.put("aws:Source"+key, source)
		c.put("aws:Resource"+key, source)
	}
}

// notOfPodIdentity are the keys that do not come with the service's call. The session tags are aws:PrincipalTag only
// afterwards.
var notOfPodIdentity = map[string]bool{
	"aws:principalarn":                 true,
	"aws:principalaccount":             true,
	"aws:principalorgid":               true,
	"aws:principalorgpaths":            true,
	"aws:username":                     true,
	"aws:federatedprovider":            true,
	"aws:assumedroot":                  true,
	"aws:sourceidentity":               true,
	"aws:multifactorauthpresent":       true,
	"aws:multifactorauthage":           true,
	"aws:chatbotsourcearn":             true,
	"aws:ec2instancesourcevpc":         true,
	"aws:ec2instancesourceprivateipv4": true,
	"aws:calledvia":                    true,
	"aws:calledviafirst":               true,
	"aws:calledvialast":                true,
	"sts:externalid":                   true,
	"sts:sourceidentity":               true,
	"sts:durationseconds":              true,
	"sts:roleauthorizedbyidp":          true,
	"sts:awsservicename":               true,
	"sts:requestcontextproviders":      true,
	"sts:taskpolicyarn":                true,
}

func clusterName(arn string) string {
	_, name, _ := strings.Cut(arn, ":cluster/")
	return name
}
