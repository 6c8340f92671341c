package trust

// The names of the two calls by which a pod on EKS gets a role's credentials.
const (
	// ActionWebIdentity is what a pod with a web identity token calls:
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
	ActionWebIdentity = "sts:AssumeRoleWithWebIdentity"
	// DefaultAudience is the audience of IRSA's tokens in every partition:
	// https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
	DefaultAudience = "sts.amazonaws.com"
	// PodIdentityService is the principal that assumes roles for EKS Pod Identity:
	// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
	PodIdentityService = "pods.eks.amazonaws.com"
)

// The limits of AWS, in characters.
const (
	// MaxSubject is the longest subject that AssumeRoleWithWebIdentity describes. Kubernetes allows namespaces and
	// names that make it longer.
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
	MaxSubject = 255
	// QuotaDefault is how long an account's trust policies may be by default, white space not counted; see Size.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
	QuotaDefault = 2048
	// QuotaMaximum is how far that quota can be raised: the same page, since 2026 (it was 4,096 before;
	// https://github.com/pytorch/test-infra/issues/5825).
	QuotaMaximum = 8192
)

// What EKS Pod Identity calls as that service.
const (
	actionAssumeRole = "sts:AssumeRole"
	actionTagSession = "sts:TagSession"
)
