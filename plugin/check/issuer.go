package check

import (
	"net/netip"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// classifyIssuer decides whether tokens of this cluster can be taken by AWS at all: 504 where there is no
// issuer for them, 505 where nobody outside can reach it. An issuer that is not known decides nothing.
func (s *Subject) classifyIssuer() verdictOf {
	cluster := s.Snapshot.EKSCluster()
	eks, _ := cluster.Get()
	issuer, known := s.Issuer.Get()
	switch {
	case eks.OutpostConfig != nil:
		return verdictOf{"IRSA504", s.localCluster(cluster.Source())}
	case s.Issuer.Absent():
		return verdictOf{"IRSA504", s.withoutIssuer()}
	case !known:
		return verdictOf{}
	}
	if why := notPublic(issuer); why != "" {
		return verdictOf{"IRSA505", s.privateIssuer(issuer, why)}
	}
	return verdictOf{}
}

// localCluster: EKS gives local clusters on Outposts no OIDC provider (EKS User Guide, local clusters for
// Amazon EKS on AWS Outposts).
func (s *Subject) localCluster(source string) Outcome {
	return Outcome{
		Result: Fail, Where: s.clusterWhere(), Have: "a local cluster on Outposts", Need: "a cluster with an OIDC issuer that AWS can reach",
		Why:      "a local cluster has no issuer of EKS, and EKS Pod Identity does not work there either",
		Advice:   "let the pod use the role of its node through IMDS (its hop limit has to let pods in), or give it keys of its own in a Secret",
		Evidence: []string{source},
	}
}

func (s *Subject) withoutIssuer() Outcome {
	return Outcome{
		Result: Fail, Where: s.clusterWhere(), Have: "no OIDC issuer", Need: "identity.oidc.issuer in the answer of eks:DescribeCluster",
		Why:      "without an issuer no IAM OIDC provider can stand for the cluster, so STS takes none of its tokens",
		Advice:   "use EKS Pod Identity, which needs no issuer, or a cluster that has one",
		Evidence: []string{s.Issuer.Source()},
	}
}

func (s *Subject) privateIssuer(issuer, why string) Outcome {
	return Outcome{
		Result: Fail, Where: s.clusterWhere() + ", service account issuer", Have: issuer, Need: "an https URL that can be reached from the internet",
		Why:      why + ", so STS cannot fetch the keys with which it would check the token",
		Advice:   "publish the discovery document and the keys under a public https URL, for example in an S3 bucket, and start the API server with --service-account-issuer=URL",
		Evidence: []string{s.Issuer.Source()},
	}
}

func (s *Subject) clusterWhere() string {
	if name := s.Snapshot.Cluster().Name; name != "" {
		return "cluster " + name
	}
	return "the cluster"
}

// aboutIssuer is what the classification says to one of its codes.
func (s *Subject) aboutIssuer(code string) Outcome {
	if len(s.Roles) == 0 {
		return s.noRole()
	}
	var out Outcome
	switch {
	case s.issuer.code != "":
		out = s.issuer.of(code)
	case !s.Issuer.Known():
		out = gap(s.Issuer)
	default:
		out = pass(s.Issuer.Source())
	}
	out.Containers = s.takers()
	return out
}

// sharedAddresses is the range of carrier-grade NAT, which netip does not call private (RFC 6598).
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

// privateSuffixes are top-level names that are not in the public DNS: RFC 6761, RFC 6762, RFC 8375, ICANN's
// .internal, and the cluster's own.
var privateSuffixes = []string{".local", ".localhost", ".internal", ".svc", ".test", ".invalid", ".home.arpa"}

// notPublic says why nobody outside the cluster's network can fetch the issuer's keys; empty if that is not
// to be seen from its URL.
func notPublic(issuer string) string {
	rest, ok := strings.CutPrefix(issuer, "https://")
	if !ok {
		return "the issuer is not an https URL"
	}
	host := issuerHost(rest)
	if address, err := netip.ParseAddr(host); err == nil {
		address = address.Unmap()
		if address.IsGlobalUnicast() && !address.IsPrivate() && !sharedAddresses.Contains(address) {
			return ""
		}
		return host + " is an address that is not public"
	}
	switch {
	case host == "":
		return "the issuer names no host"
	case !strings.Contains(host, "."):
		return host + " is a name that only a local resolver knows"
	}
	for _, suffix := range privateSuffixes {
		if strings.HasSuffix(host, suffix) {
			return "names under " + suffix + " are not in the public DNS"
		}
	}
	return ""
}

// issuerHost returns the host of a URL without its scheme, in lower case, without port, brackets and final dot.
func issuerHost(url string) string {
	authority, _, _ := strings.Cut(url, "/")
	authority = authority[strings.LastIndex(authority, "@")+1:]
	if inside, ok := strings.CutPrefix(authority, "["); ok {
		host, _, _ := strings.Cut(inside, "]")
		return host
	}
	host, _, _ := strings.Cut(authority, ":")
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// providerIssuer is the issuer, without its scheme, that an OIDC provider's ARN names.
func providerIssuer(arn string) string {
	parsed, _ := snapshot.ParseARN(arn)
	return strings.TrimPrefix(parsed.Resource, "oidc-provider/")
}
