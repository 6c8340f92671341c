package subject

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// A nearMiss is an OIDC provider that was perhaps meant for the cluster's issuer, and is for another URL.
type nearMiss struct {
	Provider snapshot.OpenIDConnectProvider
	Why      string
}

// NearMiss finds a provider in the role's account that only looks like the issuer's, or, as it may be that of an
// earlier cluster, one that the role's trust policy names.
func (s *Seen) NearMiss(j *RoleJudgement) (nearMiss, bool) {
	aws := s.Snapshot.AWS()
	if aws == nil {
		return nearMiss{}, false
	}
	want := ProviderIssuer(j.ProviderARN)
	var trusted []trust.Principal
	if j.Policy != nil {
		trusted = j.Policy.Principals()
	}
	var named *nearMiss
	for _, p := range aws.OpenIDConnectProviders {
		if arn, ok := snapshot.ParseARN(p.Arn); !ok || arn.Account != j.ARN.Account {
			continue
		}
		have := ProviderIssuer(p.Arn)
		if why := likeness(have, want); why != "" {
			return nearMiss{p, why}, true
		}
		if named == nil && snapshot.IsEKSIssuer(have) && snapshot.IsEKSIssuer(want) && slices.Contains(trusted, trust.Principal{Type: trust.Federated, ID: p.Arn}) {
			named = &nearMiss{p, "the provider that the trust policy names is that of another cluster's issuer, perhaps of this cluster's before it was made anew"}
		}
	}
	if named != nil {
		return *named, true
	}
	return nearMiss{}, false
}

// likeness says what keeps a provider's URL from being the issuer's, where it looks like it; both come without
// https://. IAM compares them character by character (IAM API reference, CreateOpenIDConnectProvider).
func likeness(have, want string) string {
	switch bare := TrimScheme(have); {
	case have == want:
		return ""
	case strings.TrimRight(have, "/") == strings.TrimRight(want, "/"):
		return "a slash at the end makes another issuer"
	case bare != have && strings.TrimRight(bare, "/") == strings.TrimRight(want, "/"):
		return "the provider's name holds a scheme, which does not belong there"
	case strings.EqualFold(strings.TrimRight(bare, "/"), strings.TrimRight(want, "/")):
		return "upper and lower case count in an issuer"
	}
	host, path, _ := strings.Cut(strings.TrimRight(TrimScheme(have), "/"), "/")
	wantHost, wantPath, _ := strings.Cut(strings.TrimRight(want, "/"), "/")
	switch {
	case path != wantPath:
		return ""
	case withoutPort(host) == withoutPort(wantHost):
		return "a port makes another issuer"
	case path == "":
		return ""
	case strings.HasPrefix(host, "oidc-eks.") && strings.HasPrefix(wantHost, "oidc.eks."):
		return "the provider is for the dual-stack host, and the tokens name the other one as their issuer"
	case snapshot.IsEKSIssuer(host) && snapshot.IsEKSIssuer(wantHost):
		return "the host is another one than that in the tokens"
	default:
		return ""
	}
}

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
