package testbed

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/naive"
)

// StageAssociation is the stage of EKS Pod Identity beside those of STS: is there an association for the subject? StageTarget is
// the second role, which the first one assumes.
const (
	StageAssociation Stage = "association"
	StageTarget      Stage = "target"
)

// podIdentityAudience is the audience of the tokens that the agent exchanges.
const podIdentityAudience = "pods.eks.amazonaws.com"

// podClaims are what EKS passes on of a token as session tags.
type podClaims struct {
	Kubernetes struct {
		Namespace      string
		ServiceAccount struct{ Name string }
		Pod            struct{ Name, UID string }
	} `json:"kubernetes.io"`
}

// AssumeRoleForPodIdentity decides as EKS does where the agent asks it for the credentials of a pod, whose token it has:
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
func (a *AWS) AssumeRoleForPodIdentity(ctx context.Context, cluster Cluster, token string) Decision {
	d := Decision{Region: cluster.Region}
	refuse := func(stage Stage, code, message string) Decision {
		d.Stage, d.Code, d.Message = stage, code, message
		return d
	}
	parsed, err := parseWebToken(token)
	var claims podClaims
	if err != nil || json.Unmarshal(parsed.claims, &claims) != nil {
		return refuse(StageToken, "InvalidTokenException", "not a token of a pod")
	}
	a.state.Lock()
	fetch := a.issuers[parsed.Issuer]
	at := slices.IndexFunc(a.associations, func(one association) bool {
		return one.cluster == cluster.ARN() && one.Namespace == claims.Kubernetes.Namespace && one.ServiceAccount == claims.Kubernetes.ServiceAccount.Name
	})
	var found association
	if at >= 0 {
		found = a.associations[at]
	}
	a.state.Unlock()
	switch {
	case parsed.Issuer != cluster.Issuer || fetch == nil:
		return refuse(StageSignature, "InvalidTokenException", "not a token of this cluster")
	case !slices.Contains(parsed.audiences(), podIdentityAudience):
		return refuse(StageAudience, "InvalidTokenException", "not a token for Pod Identity")
	case time.Now().Unix() > parsed.Expiry:
		return refuse(StageTime, "ExpiredTokenException", "the token has expired")
	}
	if keys, err := fetch(ctx); err != nil || parsed.verify(keys) != nil {
		return refuse(StageSignature, "InvalidTokenException", "not signed by the cluster")
	}
	if at < 0 {
		return refuse(StageAssociation, "ResourceNotFoundException", "no association for "+parsed.Subject)
	}
	d.RoleARN = found.RoleARN
	if !a.podIdentityTrusted(cluster, found, claims) {
		return refuse(StageTrust, "AccessDeniedException", "Unauthorized Exception! EKS does not have permissions to assume the associated role.")
	}
	d.Stage = StageTrust
	if found.TargetRoleARN != "" {
		d.Stage, d.RoleARN = StageTarget, found.TargetRoleARN
		if !a.targetTrusted(cluster, found, claims) {
			return refuse(StageTarget, "AccessDeniedException", "the role is not allowed to assume the target role")
		}
	}
	return d
}

// sessionTags are the tags that EKS passes: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
func sessionTags(cluster Cluster, claims podClaims) map[string]string {
	k := claims.Kubernetes
	return map[string]string{
		"eks-cluster-arn": cluster.ARN(), "eks-cluster-name": cluster.Name,
		"kubernetes-namespace": k.Namespace, "kubernetes-service-account": k.ServiceAccount.Name,
		"kubernetes-pod-name": k.Pod.Name, "kubernetes-pod-uid": k.Pod.UID,
	}
}

// podIdentityTrusted evaluates the trust policy of an association's role. Without session tags sts:TagSession is not needed.
func (a *AWS) podIdentityTrusted(cluster Cluster, one association, claims podClaims) bool {
	role := a.role(one.RoleARN)
	if role == nil || !strings.Contains(one.RoleARN, ":"+cluster.Account+":") {
		return false
	}
	keys := map[string][]string{
		"aws:SourceArn": {cluster.ARN()}, "aws:SourceAccount": {cluster.Account}, "aws:RequestedRegion": {cluster.Region}, "aws:SecureTransport": {"true"},
	}
	actions := []string{"sts:AssumeRole"}
	if !one.DisableSessionTags {
		actions = append(actions, "sts:TagSession")
		for name, value := range sessionTags(cluster, claims) {
			keys["aws:RequestTag/"+name] = []string{value}
			keys["aws:TagKeys"] = append(keys["aws:TagKeys"], name)
		}
		keys["sts:TransitiveTagKeys"] = keys["aws:TagKeys"]
	}
	return trusts(role, naive.Principal{Type: "Service", ID: podIdentityAudience}, actions, keys)
}

// targetTrusted evaluates the trust policy of the target role. That the first role's own policies allow the call is taken for
// granted.
func (a *AWS) targetTrusted(cluster Cluster, one association, claims podClaims) bool {
	role := a.role(one.TargetRoleARN)
	if role == nil {
		return false
	}
	keys := map[string][]string{"aws:PrincipalArn": {one.RoleARN}, "aws:PrincipalAccount": {cluster.Account}, "aws:SecureTransport": {"true"}}
	if one.ExternalID != "" {
		keys["sts:ExternalId"] = []string{one.ExternalID}
	}
	actions := []string{"sts:AssumeRole"}
	if !one.DisableSessionTags {
		actions = append(actions, "sts:TagSession")
		for name, value := range sessionTags(cluster, claims) {
			keys["aws:PrincipalTag/"+name] = []string{value}
			keys["aws:RequestTag/"+name] = []string{value} // transitive: they are on the second call too
		}
	}
	for _, id := range []string{one.RoleARN, "arn:aws:iam::" + cluster.Account + ":root", cluster.Account} {
		if trusts(role, naive.Principal{Type: "AWS", ID: id}, actions, keys) {
			return true
		}
	}
	return false
}

func trusts(role *types.Role, who naive.Principal, actions []string, keys map[string][]string) bool {
	policy := []byte(unescapePolicy(aws.ToString(role.AssumeRolePolicyDocument)))
	return naive.Judge(policy, who, actions, keys) == naive.Allowed
}
