package trust

import (
	"strings"
	"time"
)

// A PodIdentityRequest is what is known of the call by which EKS Pod Identity takes a role for a pod. What
// is empty is unknown.
type PodIdentityRequest struct {
	ClusterARN     string
	ClusterName    string // from ClusterARN if empty
	Namespace      string
	ServiceAccount string
	PodName        string
	PodUID         string
	Account        string // of the cluster; from ClusterARN if empty
	RoleARN        string
	Region         string    // of the cluster
	Time           time.Time // of the call; zero is unknown
	// DisableSessionTags is the association's setting of that name: no tags are passed, so that
	// sts:TagSession is not needed and no key speaks of the pod.
	DisableSessionTags bool
}

// The session tags that EKS Pod Identity passes:
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
const (
	TagClusterARN     = "eks-cluster-arn"
	TagClusterName    = "eks-cluster-name"
	TagNamespace      = "kubernetes-namespace"
	TagServiceAccount = "kubernetes-service-account"
	TagPodName        = "kubernetes-pod-name"
	TagPodUID         = "kubernetes-pod-uid"
)

const requestTag = "aws:RequestTag/"

// PodIdentity is the request that the role's trust policy has to allow for EKS Pod Identity.
func PodIdentity(p PodIdentityRequest) Request {
	_, account := partitionAndAccount(p.ClusterARN)
	account = firstNonEmpty(p.Account, account)
	r := Request{
		Principal: Principal{Service, PodIdentityService},
		Actions:   []string{ActionAssumeRole, ActionTagSession},
		Resource:  p.RoleARN,
	}
	c := &r.Context
	const notKnown = "it is not known here"
	tags := [...]struct{ key, value string }{
		{TagClusterARN, p.ClusterARN},
		{TagClusterName, firstNonEmpty(p.ClusterName, clusterName(p.ClusterARN))},
		{TagNamespace, p.Namespace},
		{TagServiceAccount, p.ServiceAccount},
		{TagPodName, p.PodName},
		{TagPodUID, p.PodUID},
	}
	if p.DisableSessionTags {
		r.Actions = r.Actions[:1]
		c.put("aws:TagKeys", Value{})
		c.put("sts:TransitiveTagKeys", Value{})
	} else {
		names := make([]string, 0, len(tags))
		for _, tag := range tags {
			c.setOrUnknown(requestTag+tag.key, tag.value, notKnown)
			names = append(names, tag.key)
		}
		c.Set("aws:TagKeys", names...)
		c.Set("sts:TransitiveTagKeys", names...)
	}
	c.setOrUnknown("aws:SourceArn", p.ClusterARN, notKnown)
	c.setOrUnknown("aws:SourceAccount", account, notKnown)
	c.SetUnknown("aws:SourceOrgID", true, "the cluster's organization is not known")
	c.SetUnknown("aws:SourceOrgPaths", true, "the cluster's organization is not known")
	c.ofTheCall(p.Time, p.Region)
	_, roleAccount := partitionAndAccount(p.RoleARN)
	c.ofTheRole(firstNonEmpty(roleAccount, account))
	c.SetUnknown("sts:RoleSessionName", false, "EKS chooses it")
	c.fromNetwork("")
	c.never, c.families = notOfPodIdentity, notOfPodIdentityFamilies
	return r
}

// notOfPodIdentity are the keys that do not come with the service's call. The tags of the session are
// aws:PrincipalTag only afterwards.
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

var notOfPodIdentityFamilies = []keyFamily{
	{"aws:principaltag/", Value{}},
	{"aws:requesttag/", Value{}},
	{"aws:resourcetag/", Value{Unknown: true, MaybeAbsent: true, Reason: ofTheRole}},
	{"sts:requestcontext/", Value{}},
	{"aws:", Value{Unknown: true, MaybeAbsent: true, Reason: notListed}},
	{"sts:", Value{Unknown: true, MaybeAbsent: true, Reason: notListed}},
}

func clusterName(arn string) string {
	_, name, _ := strings.Cut(arn, ":cluster/")
	return name
}
