package snapshot

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"net/url"
	"slices"
	"strings"
)

// A Match is whether the cluster that EKS describes is the one whose API server was read.
type Match int

// The matches.
const (
	MatchUnknown Match = iota // nothing of the two can be compared
	Matches
	Differs
)

// Compare decides whether the cluster that EKS describes is the one whose API server was read. EKS finds clusters by their
// name, in an account and a region, and nothing in that is of the API server. So their issuers are compared: each cluster
// has its own issuer (EKS User Guide, IAM roles for service accounts), and what is between them, such as a tunnel or a proxy,
// does not change it. Where one of the issuers is unknown, or is not that of tokens (a local cluster on Outposts), one of
// endpoint and CA has to be the same.
//
// The text says what each has; it is empty where they match.
func Compare(c Cluster, e EKSCluster) (m Match, text string) {
	issuer := ""
	if e.Identity != nil && e.Identity.OIDC != nil {
		issuer = e.Identity.OIDC.Issuer
	}
	if c.Issuer != "" && issuer != "" && e.OutpostConfig == nil {
		if sameIssuer(c.Issuer, issuer) {
			return Matches, ""
		}
		return Differs, e.Title() + " has issuer " + issuer + ", and " + c.apiServer() + " has issuer " + c.Issuer
	}
	return compareServers(c, e)
}

func (c Cluster) apiServer() string { return strings.TrimSpace("the API server " + c.Server) }

// Title names the cluster by what is known of it.
func (e EKSCluster) Title() string {
	switch {
	case e.Arn != "":
		return "EKS cluster " + e.Arn
	case e.Name != "":
		return "EKS cluster " + e.Name
	default:
		return "the EKS cluster"
	}
}

// sameIssuer compares issuers. EKS serves a cluster's issuer at a dual-stack host as well, under the same id (EKS User
// Guide, IAM roles for service accounts; tokens name the IPv4 host).
func sameIssuer(a, b string) bool {
	plain := func(issuer string) string { return strings.ToLower(strings.TrimSuffix(issuer, "/")) }
	if plain(a) == plain(b) {
		return true
	}
	return IsEKSIssuer(a) && IsEKSIssuer(b) && lastSegment(plain(a)) == lastSegment(plain(b))
}

func lastSegment(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// compareServers compares where the API servers are. One is enough: a tunnel has another address, and a proxy that ends TLS
// another CA. With another address, only a CA tells that it is another cluster, or an address that EKS gave to one.
func compareServers(c Cluster, e EKSCluster) (m Match, text string) {
	caKnown, caSame := false, false
	if e.CertificateAuthority != nil {
		caKnown, caSame = compareCAs(c.CertificateAuthority, e.CertificateAuthority.Data)
	}
	server, endpoint := hostOf(c.Server), hostOf(e.Endpoint)
	named := server != "" && endpoint != ""
	switch {
	case caSame, named && sameEndpoint(server, endpoint):
		return Matches, ""
	case caKnown && named:
		return Differs, e.Title() + " has endpoint " + e.Endpoint + ", and " + c.apiServer() + " has a different CA and address"
	case caKnown:
		return Differs, e.Title() + " has a different CA than " + c.apiServer()
	case named && IsEKSEndpoint(server) && IsEKSEndpoint(endpoint):
		return Differs, e.Title() + " has endpoint " + e.Endpoint + ", and this is " + c.apiServer()
	default:
		return MatchUnknown, "its issuer, endpoint and CA cannot be compared with those of " + c.apiServer()
	}
}

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(parsed.Hostname()), ".")
}

// endpointSuffixes end the host names of EKS API servers: IPv4, dual-stack, and both in China (EKS user guide,
// "Cluster API server endpoint"). The cluster's own label comes first, the region before the suffix.
var endpointSuffixes = []string{
	".eks.amazonaws.com", ".eks.amazonaws.com.cn", ".api.aws", ".amazonwebservices.com.cn", ".eks.amazonaws.eu",
}

// EndpointHost returns the host name of an EKS API server without what ends it; ok is false for any other name.
func EndpointHost(host string) (labels string, ok bool) {
	for _, suffix := range endpointSuffixes {
		if before, cut := strings.CutSuffix(host, suffix); cut {
			return before, true
		}
	}
	return "", false
}

// IsEKSEndpoint reports whether a host name is one that EKS gives to an API server.
func IsEKSEndpoint(host string) bool {
	_, ok := EndpointHost(host)
	return ok
}

// sameEndpoint compares host names. A cluster has the same first label in each of its names.
func sameEndpoint(a, b string) bool {
	first := func(host string) string {
		label, _, _ := strings.Cut(host, ".")
		return label
	}
	return a == b || IsEKSEndpoint(a) && IsEKSEndpoint(b) && first(a) == first(b)
}

// compareCAs compares two bundles, base64 of PEM. A kubeconfig may trust more than the cluster's own.
func compareCAs(a, b string) (known, same bool) {
	ours, theirs := certificates(a), certificates(b)
	for _, one := range ours {
		if slices.ContainsFunc(theirs, func(other []byte) bool { return bytes.Equal(one, other) }) {
			return true, true
		}
	}
	return len(ours) > 0 && len(theirs) > 0, false
}

func certificates(data string) [][]byte {
	text, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil
	}
	var list [][]byte
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return list
		}
		list, text = append(list, block.Bytes), rest
	}
}
