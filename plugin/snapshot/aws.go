package snapshot

import (
	"encoding/json"
	"time"
)

// AWS is what was read from AWS: the objects as the AWS APIs (and so the AWS CLI) print them. They have the fields that a
// check, a fact or a fix reads, and no others.
type AWS struct {
	// CallerAccount is the account of the credentials that did the reading; empty if it is unknown.
	CallerAccount string `json:"callerAccount,omitempty"`
	// CallerArn is whose the credentials are; empty if it is unknown. It names a person, so no file has it.
	CallerArn               string                   `json:"-"`
	EKSCluster              *EKSCluster              `json:"eksCluster,omitempty"`
	Roles                   []Role                   `json:"roles,omitempty"`
	OpenIDConnectProviders  []OpenIDConnectProvider  `json:"openIDConnectProviders,omitempty"`
	PodIdentityAssociations []PodIdentityAssociation `json:"podIdentityAssociations,omitempty"`
	PolicySimulations       []PolicySimulation       `json:"policySimulations,omitempty"`
	Instances               []Instance               `json:"instances,omitempty"`
	InstanceProfiles        []InstanceProfile        `json:"instanceProfiles,omitempty"`
	VPCEndpoints            []VPCEndpoint            `json:"vpcEndpoints,omitempty"`
}

// EKSCluster is the answer of eks:DescribeCluster, as far as it is read.
type EKSCluster struct {
	Name                 string                `json:"name,omitempty"`
	Arn                  string                `json:"arn,omitempty"`
	Version              string                `json:"version,omitempty"`
	Endpoint             string                `json:"endpoint,omitempty"`
	Identity             *ClusterIdentity      `json:"identity,omitempty"`
	OutpostConfig        *OutpostConfig        `json:"outpostConfig,omitempty"`
	CertificateAuthority *CertificateAuthority `json:"certificateAuthority,omitempty"`
	ResourcesVpcConfig   *ResourcesVpcConfig   `json:"resourcesVpcConfig,omitempty"`
}

// ClusterIdentity holds the cluster's OIDC issuer.
type ClusterIdentity struct {
	OIDC *ClusterOIDC `json:"oidc,omitempty"`
}

// ClusterOIDC is the cluster's OIDC issuer.
type ClusterOIDC struct {
	Issuer string `json:"issuer,omitempty"`
}

// OutpostConfig is there only for local clusters on Outposts, where IRSA cannot work.
type OutpostConfig struct{}

// CertificateAuthority holds the cluster's CA, base64 as EKS prints it.
type CertificateAuthority struct {
	Data string `json:"data,omitempty"`
}

// ResourcesVpcConfig holds the cluster's VPC.
type ResourcesVpcConfig struct {
	VpcID string `json:"vpcId,omitempty"`
}

// Role is the Role object of iam:GetRole, with its policies where they were read (nil: not read).
type Role struct {
	RoleName                 string              `json:"RoleName,omitempty"`
	Arn                      string              `json:"Arn,omitempty"`
	Path                     string              `json:"Path,omitempty"`
	AssumeRolePolicyDocument PolicyDocument      `json:"AssumeRolePolicyDocument,omitzero"`
	MaxSessionDuration       int32               `json:"MaxSessionDuration,omitempty"` // seconds
	AttachedManagedPolicies  *[]AttachedPolicy   `json:"AttachedManagedPolicies,omitempty"`
	RolePolicyList           *[]InlinePolicyName `json:"RolePolicyList,omitempty"`
}

// AttachedPolicy is a managed policy attached to a role.
type AttachedPolicy struct {
	PolicyArn string `json:"PolicyArn,omitempty"`
}

// InlinePolicyName stands for an inline policy of a role: only how many there are is kept.
type InlinePolicyName struct{}

// OpenIDConnectProvider is the answer of iam:GetOpenIDConnectProvider, plus the ARN that was asked for.
// Url comes without its scheme.
type OpenIDConnectProvider struct {
	Arn            string   `json:"Arn,omitempty"`
	URL            string   `json:"Url,omitempty"`
	ClientIDList   []string `json:"ClientIDList,omitempty"`
	ThumbprintList []string `json:"ThumbprintList,omitempty"`
}

// PodIdentityAssociation is the answer of eks:DescribePodIdentityAssociation.
type PodIdentityAssociation struct {
	AssociationArn     string `json:"associationArn,omitempty"`
	AssociationID      string `json:"associationId,omitempty"`
	ClusterName        string `json:"clusterName,omitempty"`
	Namespace          string `json:"namespace,omitempty"`
	ServiceAccount     string `json:"serviceAccount,omitempty"`
	RoleArn            string `json:"roleArn,omitempty"`
	TargetRoleArn      string `json:"targetRoleArn,omitempty"`
	ExternalID         string `json:"externalId,omitempty"`
	DisableSessionTags bool   `json:"disableSessionTags,omitempty"`
	// Policy is the association's session policy, which EKS allows only where session tags are disabled.
	// Only that there is one is kept.
	Policy    string    `json:"policy,omitempty"`
	CreatedAt time.Time `json:"createdAt,omitzero"`
}

// UnmarshalJSON implements [json.Unmarshaler]. EKS answers with seconds since 1970, and version 1 of the AWS CLI prints
// them; version 2 prints dates.
func (a *PodIdentityAssociation) UnmarshalJSON(data []byte) error {
	type plain PodIdentityAssociation
	read := struct {
		*plain
		CreatedAt timestamp `json:"createdAt"`
	}{plain: (*plain)(a)}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	a.CreatedAt = read.CreatedAt.Time
	return nil
}

// A timestamp is a time that reads from a date or from seconds since 1970.
type timestamp struct{ time.Time }

func (t *timestamp) UnmarshalJSON(data []byte) error {
	var seconds float64
	if json.Unmarshal(data, &seconds) != nil {
		return t.Time.UnmarshalJSON(data)
	}
	if seconds != 0 {
		t.Time = time.UnixMilli(int64(seconds * 1000)).UTC()
	}
	return nil
}

// Instance is an instance of ec2:DescribeInstances, as far as it is read.
type Instance struct {
	InstanceID         string              `json:"InstanceId,omitempty"`
	PrivateDNSName     string              `json:"PrivateDnsName,omitempty"`
	PrivateIPAddress   string              `json:"PrivateIpAddress,omitempty"`
	MetadataOptions    *MetadataOptions    `json:"MetadataOptions,omitempty"`
	IamInstanceProfile *InstanceProfileRef `json:"IamInstanceProfile,omitempty"`
}

// MetadataOptions are an instance's settings of its metadata service (IMDS).
type MetadataOptions struct {
	State                   string `json:"State,omitempty"`
	HTTPTokens              string `json:"HttpTokens,omitempty"`
	HTTPPutResponseHopLimit int32  `json:"HttpPutResponseHopLimit,omitempty"`
	HTTPEndpoint            string `json:"HttpEndpoint,omitempty"`
	HTTPProtocolIPv6        string `json:"HttpProtocolIpv6,omitempty"`
}

// InstanceProfileRef names an instance's profile.
type InstanceProfileRef struct {
	Arn string `json:"Arn,omitempty"`
}

// InstanceProfile is the answer of iam:GetInstanceProfile. A profile holds at most one role.
type InstanceProfile struct {
	InstanceProfileName string `json:"InstanceProfileName,omitempty"`
	Arn                 string `json:"Arn,omitempty"`
	Roles               []Role `json:"Roles,omitempty"`
}

// VPCEndpoint is an endpoint of ec2:DescribeVpcEndpoints.
type VPCEndpoint struct {
	VpcEndpointID     string `json:"VpcEndpointId,omitempty"`
	VpcID             string `json:"VpcId,omitempty"`
	ServiceName       string `json:"ServiceName,omitempty"`
	PrivateDNSEnabled bool   `json:"PrivateDnsEnabled,omitempty"`
	State             string `json:"State,omitempty"`
}

// PolicySimulation is an answer of iam:SimulatePrincipalPolicy, with the role that was asked about.
type PolicySimulation struct {
	PolicySourceArn   string             `json:"PolicySourceArn"`
	EvaluationResults []EvaluationResult `json:"EvaluationResults,omitempty"`
}

// EvaluationResult is what the policies of a role say of one action on one resource.
type EvaluationResult struct {
	EvalActionName       string   `json:"EvalActionName"`
	EvalResourceName     string   `json:"EvalResourceName,omitempty"`
	EvalDecision         string   `json:"EvalDecision"` // allowed, explicitDeny, implicitDeny
	MissingContextValues []string `json:"MissingContextValues,omitempty"`
}
