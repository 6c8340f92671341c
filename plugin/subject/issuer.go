package subject

import (
	"net/netip"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// An IssuerFault is why AWS cannot accept any token of the cluster.
type IssuerFault struct {
	Cause IssuerCause
	// Name is the host, or the end of its name, that shows that the issuer is not public.
	Name string
}

// An IssuerCause is the kind of an [IssuerFault].
type IssuerCause int

// The causes. An issuer that is unknown has none.
const (
	IssuerUsable         IssuerCause = iota
	IssuerLocalCluster               // a local cluster on Outposts: EKS gives it no OIDC issuer
	IssuerMissing                    // the cluster has no issuer
	IssuerNotHTTPS                   // it is not an https URL
	IssuerWithoutHost                // it names no host
	IssuerPrivateAddress             // its host is an address that is not public
	IssuerLocalName                  // its host is a name that only a local resolver knows
	IssuerPrivateDomain              // its host is in a domain that is not in the public DNS
	IssuerInternalName               // its host is the name by which the cluster's own network reaches the API server
)

// Missing reports whether the cluster has no issuer at all with which IRSA could work.
func (f IssuerFault) Missing() bool {
	return f.Cause == IssuerLocalCluster || f.Cause == IssuerMissing
}

// IssuerFaultOf is why AWS cannot accept any token of a snapshot's cluster.
func IssuerFaultOf(s *snapshot.Snapshot) IssuerFault { return issuerFault(s) }

// issuerFault decides whether AWS can take tokens of the cluster. EKS gives local clusters on Outposts no OIDC provider
// (EKS User Guide, local clusters for Amazon EKS on AWS Outposts).
func issuerFault(s *snapshot.Snapshot) IssuerFault {
	eks, _ := s.EKSCluster().Get()
	issuer, known := s.Issuer().Get()
	switch {
	case eks.OutpostConfig != nil:
		return IssuerFault{Cause: IssuerLocalCluster}
	case s.Issuer().Absent():
		return IssuerFault{Cause: IssuerMissing}
	case !known:
		return IssuerFault{}
	default:
		return notPublic(issuer)
	}
}

// sharedAddresses is the range of carrier-grade NAT, which netip does not call private (RFC 6598).
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

// privateSuffixes are top-level names that are not in the public DNS: RFC 6761, RFC 6762 (with those that its appendix G
// lists), RFC 8375, ICANN's .internal, and the cluster's own.
var privateSuffixes = []string{
	".local", ".localhost", ".internal", ".svc", ".test", ".invalid", ".home.arpa",
	".intranet", ".private", ".corp", ".home", ".lan",
}

// internalName reports whether a host is the name of an API server inside its network: that of kOps, which is the issuer
// of its clusters unless a discovery store is set (https://kops.sigs.k8s.io/cluster_spec/#service-account-issuer-discovery-and-aws-iam-roles-for-service-accounts-irsa),
// that of OpenShift, or that of an internal load balancer
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-internal-load-balancers.html).
func internalName(host string) bool {
	return strings.HasPrefix(host, "api.internal.") || strings.HasPrefix(host, "api-int.") ||
		strings.HasPrefix(host, "internal-") && strings.HasSuffix(host, ".elb.amazonaws.com")
}

// inCluster reports whether a host is the API server's service, in whatever domain the cluster has:
// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
func inCluster(host string) bool {
	return host == "kubernetes.default" || strings.HasPrefix(host, "kubernetes.default.svc.")
}

// notPublic returns why nobody outside the cluster's network can fetch the issuer's keys, as far as its URL shows.
func notPublic(issuer string) IssuerFault {
	rest, ok := strings.CutPrefix(issuer, "https://")
	if !ok {
		return IssuerFault{Cause: IssuerNotHTTPS}
	}
	host := IssuerHost(rest)
	if address, err := netip.ParseAddr(host); err == nil {
		address = address.Unmap()
		if address.IsGlobalUnicast() && !address.IsPrivate() && !sharedAddresses.Contains(address) {
			return IssuerFault{}
		}
		return IssuerFault{IssuerPrivateAddress, host}
	}
	switch {
	case host == "":
		return IssuerFault{Cause: IssuerWithoutHost}
	case !strings.Contains(host, "."):
		return IssuerFault{IssuerLocalName, host}
	}
	for _, suffix := range privateSuffixes {
		if strings.HasSuffix(host, suffix) {
			return IssuerFault{IssuerPrivateDomain, suffix}
		}
	}
	switch {
	case inCluster(host):
		return IssuerFault{IssuerLocalName, host}
	case internalName(host):
		return IssuerFault{IssuerInternalName, host}
	}
	return IssuerFault{}
}

// IssuerHost returns the host of a URL without its scheme, in lower case, without port, brackets and final dot.
func IssuerHost(url string) string {
	authority, _, _ := strings.Cut(url, "/")
	authority = authority[strings.LastIndex(authority, "@")+1:]
	if inside, ok := strings.CutPrefix(authority, "["); ok {
		host, _, _ := strings.Cut(inside, "]")
		return host
	}
	host, _, _ := strings.Cut(authority, ":")
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// ProviderIssuer is the issuer, without its scheme, that an OIDC provider's ARN names.
func ProviderIssuer(arn string) string {
	parsed, _ := snapshot.ParseARN(arn)
	return strings.TrimPrefix(parsed.Resource, "oidc-provider/")
}
