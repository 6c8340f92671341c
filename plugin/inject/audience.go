package inject

import (
	"slices"
	"strings"
)

// apiServerHosts are the names of the API server that installers give as the audience of the tokens for it: EKS and OpenShift
// the in-cluster DNS name, kOps a variant of it (kube-apiserver, --api-audiences).
var apiServerHosts = []string{"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.svc.default", "k3s"}

// ForAPIServer reports whether an audience is that of the tokens with which pods call the API server: one of its names, or the
// cluster's issuer, which is the default of --api-audiences. AWS must not accept such a token: a program that gets it from a
// pod, or that receives it as the API server does, could use the role as well.
func ForAPIServer(audience, issuer string) bool {
	audience = strings.TrimRight(audience, "/")
	if audience == "" {
		return false
	}
	if audience == strings.TrimRight(issuer, "/") {
		return true
	}
	host := audience
	if _, rest, ok := strings.Cut(audience, "://"); ok {
		host = rest
	}
	host, _, _ = strings.Cut(host, "/")
	host, _, _ = strings.Cut(host, ":")
	return slices.Contains(apiServerHosts, host) || strings.HasPrefix(host, "kubernetes.default.svc.")
}
