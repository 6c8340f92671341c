// Package inject knows what a container on EKS is given: what the pod identity webhook makes of a pod
// (Predict), what it made of one (Read, Undo, Compare), what it thinks of annotations (Notes,
// CheckRoleARN), and what environment the kubelet then builds (EnvironmentOf).
//
// The webhook is aws/amazon-eks-pod-identity-webhook; what is said about it here was read in its
// source and holds for recorded pairs of submitted and admitted pods (testdata/admission). Nothing
// here does I/O.
package inject

// Annotations and labels of the webhook, to be put after its prefix and a slash.
const (
	RoleARN              = "role-arn"                       // on a service account
	Audience             = "audience"                       // on a service account
	STSRegionalEndpoints = "sts-regional-endpoints"         // on a service account
	TokenExpiration      = "token-expiration"               // on a pod or a service account; seconds
	SkipContainers       = "skip-containers"                // on a pod; CSV of container names
	SkipWebhook          = "skip-pod-identity-webhook"      // label of a pod, whatever its value
	podIdentityLabel     = "eks.amazonaws.com/pod-identity" // the webhook sets it on pods with Pod Identity
)

// DefaultPrefix is the prefix of the webhook's annotations, on EKS always.
const DefaultPrefix = "eks.amazonaws.com"

// Names and paths that the webhook gives to what it adds.
const (
	WebIdentityVolume = "aws-iam-token"
	WebIdentityMount  = "/var/run/secrets/eks.amazonaws.com/serviceaccount"
	webIdentityToken  = "token"

	PodIdentityVolume   = "eks-pod-identity-token"
	PodIdentityMount    = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
	PodIdentityAudience = "pods.eks.amazonaws.com"
	podIdentityToken    = "eks-pod-identity-token"

	// PodIdentityURI is where the Pod Identity agent answers; PodIdentityURIv6 in IPv6 clusters.
	PodIdentityURI   = "http://169.254.170.23/v1/credentials"
	PodIdentityURIv6 = "http://[fd00:ec2::23]/v1/credentials"
)

// Expirations of the token, in seconds.
const (
	minExpiration     = 600   // what an annotation says below this is raised to it
	defaultExpiration = 86400 // with Pod Identity replaced by a random one
	minJittered       = 79200 // the lowest such random one
)

// Variables that the webhook sets.
const (
	roleVariable          = "AWS_ROLE_ARN"
	tokenFileVariable     = "AWS_WEB_IDENTITY_TOKEN_FILE"
	fullURIVariable       = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
	authorizationVariable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
	regionVariable        = "AWS_REGION"
	defaultRegionVariable = "AWS_DEFAULT_REGION"
	stsVariable           = "AWS_STS_REGIONAL_ENDPOINTS"
)

// Settings are the webhook's own: its flags, and the ConfigMap that it may watch.
type Settings struct {
	AnnotationPrefix string // --annotation-prefix
	Region           string // --aws-default-region; no region variables where it is empty
	RegionalSTS      bool   // --sts-regional-endpoint
	Audience         string // --token-audience
	TokenExpiration  int64  // --token-expiration, seconds
	MountPath        string // --token-mount-path
	ContainerURI     string // --container-credentials-full-uri
	// ConfigMap holds what --watch-config-map reads, by "NAMESPACE/SERVICEACCOUNT" or
	// "*/SERVICEACCOUNT". EKS does not use it.
	ConfigMap map[string]ConfigMapEntry
	// OptOutLabel is the label whose presence on a pod keeps the API server from calling the webhook;
	// empty where the webhook's registration has no such selector.
	OptOutLabel string
}

// A ConfigMapEntry binds a service account that has no annotation. What it leaves out has no default
// but the expiration.
type ConfigMapEntry struct {
	RoleARN         string
	Audience        string
	UseRegionalSTS  bool
	TokenExpiration int64 // seconds
}

// EKS returns the settings of the webhook that EKS runs in the control plane, in an IPv4 cluster of
// the region. Clusters older than Kubernetes 1.22 did not ask for the regional STS endpoint, and
// registrations older than webhook v0.5.9 do not know the opt-out label.
func EKS(region string) Settings {
	return Settings{
		AnnotationPrefix: DefaultPrefix,
		Region:           region,
		RegionalSTS:      true,
		Audience:         "sts.amazonaws.com",
		TokenExpiration:  defaultExpiration,
		MountPath:        WebIdentityMount,
		ContainerURI:     PodIdentityURI,
		OptOutLabel:      DefaultPrefix + "/" + SkipWebhook,
	}
}

func (s Settings) annotation(of map[string]string, name string) (string, bool) {
	value, ok := of[s.AnnotationPrefix+"/"+name]
	return value, ok
}
