package snapshot

import "strings"

// IsEKSIssuer reports whether an issuer is one that EKS gives its clusters: https://oidc.eks.REGION.… with
// the partition's suffix (EKS User Guide, IAM roles for service accounts).
func IsEKSIssuer(issuer string) bool {
	host, _, _ := strings.Cut(strings.TrimPrefix(issuer, "https://"), "/")
	return strings.HasPrefix(host, "oidc.eks.") || strings.HasPrefix(host, "oidc-eks.")
}
