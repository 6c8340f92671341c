package subject

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// A NearMiss is an OIDC provider that was perhaps meant for the cluster's issuer, and is for another URL.
type NearMiss struct {
	Provider snapshot.OpenIDConnectProvider
	Cause    NearMissCause
}

// A NearMissCause is what keeps a provider from being the issuer's.
type NearMissCause int

// The causes.
const (
	NoNearMiss      NearMissCause = iota
	TrailingSlash                 // one of them ends with a slash
	SchemeInName                  // the provider's name holds a scheme
	LetterCase                    // they differ in upper and lower case
	PortInName                    // they differ in the port
	DualStackHost                 // the provider is for the dual-stack host
	OtherHost                     // the host is another one of EKS, with the same id
	TrustedProvider               // the role's trust policy names it: the provider of another cluster, or of an earlier one
)

// NearMiss finds a provider in the role's account that only looks like the issuer's, or, as it may be that of an
// earlier cluster, one that the role's trust policy names.
func (s *Seen) NearMiss(j *RoleJudgement) (NearMiss, bool) {
	aws := s.Snapshot.AWS()
	if aws == nil {
		return NearMiss{}, false
	}
	want := ProviderIssuer(j.ProviderARN)
	var trusted []trust.Principal
	if j.Policy != nil {
		trusted = j.Policy.Principals()
	}
	var named *NearMiss
	for _, p := range aws.OpenIDConnectProviders {
		if arn, ok := snapshot.ParseARN(p.Arn); !ok || arn.Account != j.ARN.Account {
			continue
		}
		have := ProviderIssuer(p.Arn)
		if cause := likeness(have, want); cause != NoNearMiss {
			return NearMiss{p, cause}, true
		}
		if named == nil && snapshot.IsEKSIssuer(have) && snapshot.IsEKSIssuer(want) && slices.Contains(trusted, trust.Principal{Type: trust.Federated, ID: p.Arn}) {
			named = &NearMiss{p, TrustedProvider}
		}
	}
	if named != nil {
		return *named, true
	}
	return NearMiss{}, false
}

// likeness returns how a provider's URL differs from the issuer's, where it looks like it; both come without
// https://. IAM compares them character by character (IAM API reference, CreateOpenIDConnectProvider).
func likeness(have, want string) NearMissCause {
	switch bare := TrimScheme(have); {
	case have == want:
		return NoNearMiss
	case strings.TrimRight(have, "/") == strings.TrimRight(want, "/"):
		return TrailingSlash
	case bare != have && strings.TrimRight(bare, "/") == strings.TrimRight(want, "/"):
		return SchemeInName
	case strings.EqualFold(strings.TrimRight(bare, "/"), strings.TrimRight(want, "/")):
		return LetterCase
	}
	host, path, _ := strings.Cut(strings.TrimRight(TrimScheme(have), "/"), "/")
	wantHost, wantPath, _ := strings.Cut(strings.TrimRight(want, "/"), "/")
	switch {
	case path != wantPath:
		return NoNearMiss
	case withoutPort(host) == withoutPort(wantHost):
		return PortInName
	case path == "":
		return NoNearMiss
	case strings.HasPrefix(host, "oidc-eks.") && strings.HasPrefix(wantHost, "oidc.eks."):
		return DualStackHost
	case snapshot.IsEKSIssuer(host) && snapshot.IsEKSIssuer(wantHost):
		return OtherHost
	default:
		return NoNearMiss
	}
}

// TrimScheme returns a URL without its scheme.
func TrimScheme(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		return rest
	}
	return url
}

func withoutPort(host string) string {
	host, _, _ = strings.Cut(host, ":")
	return host
}
