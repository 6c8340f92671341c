package trust

import (
	"slices"
	"strings"
)

// keyShape is what a condition key looks like, seen from the issuer of the request.
type keyShape uint8

const (
	otherKey     keyShape = iota // of no issuer: aws:…, sts:…
	subjectKey                   // ISSUER:sub
	audienceKey                  // ISSUER:aud
	claimKey                     // ISSUER: and a claim that is no sub or aud
	malformedKey                 // meant for an issuer, but no key that any request has
	foreignKey                   // another issuer's, well formed

	partPrincipal // not a key: the principal
	partAction    // not a key: an action
	partDoubt     // not a key: what is malformed, and accepted nonetheless
)

// shapeOf classifies a key. key and issuer are in lower case, because keys ignore case.
func shapeOf(key, issuer string) keyShape {
	if rest, ok := strings.CutPrefix(key, issuer); ok && issuer != "" && strings.HasPrefix(rest, ":") {
		claim := rest[1:]
		switch {
		case claim == "sub":
			return subjectKey
		case claim == "aud":
			return audienceKey
		case misspelledClaim(claim):
			return malformedKey
		}
		return claimKey
	}
	if strings.HasPrefix(key, "aws:") || strings.HasPrefix(key, "sts:") {
		return otherKey
	}
	name, scheme := trimAnyScheme(key)
	inARN := strings.Contains(name, oidcProvider)
	if inARN {
		_, name, _ = strings.Cut(name, oidcProvider)
	}
	colon := strings.LastIndexByte(name, ':')
	of, claim := name, ""
	if colon >= 0 {
		of, claim = name[:colon], name[colon+1:]
	}
	looksLikeIssuer := strings.Contains(of, ".") || strings.Contains(of, "/")
	switch {
	case !looksLikeIssuer && of != "saml" && (claim == "sub" || claim == "aud" || name == "sub" || name == "aud"):
		return malformedKey // a claim without its issuer, or with a placeholder for it
	case !looksLikeIssuer:
		return otherKey
	case scheme, inARN, strings.ContainsAny(name, "*?$ \t\r\n"), colon < 0, misspelledClaim(claim):
		return malformedKey
	case issuer != "" && nearIssuer(of, issuer):
		return malformedKey
	case misshapenEKS(of):
		return malformedKey
	case claim == "sub" || claim == "aud" || claim == "amr" || claim == "oaud":
		return foreignKey
	}
	return otherKey
}

func trimAnyScheme(s string) (rest string, had bool) {
	if _, rest, ok := strings.Cut(s, "://"); ok {
		return rest, true
	}
	return s, false
}

// misspelledClaim: not sub or aud, though begun or meant so.
func misspelledClaim(claim string) bool {
	switch claim {
	case "sub", "aud":
		return false
	}
	return claim == "" || strings.HasPrefix(claim, "sub") || strings.HasPrefix(claim, "aud") || claim == "aduience" || claim == "audiance" ||
		strings.HasSuffix(claim, ":sub") || strings.HasSuffix(claim, ":aud")
}

// nearIssuer: the issuer itself with its slashes wrong, its labels in another order or some of them lost or too many, or
// its path lost.
func nearIssuer(of, issuer string) bool {
	trimmed, want := strings.Trim(of, "/"), strings.Trim(issuer, "/")
	if trimmed == want {
		return true
	}
	host, path, _ := strings.Cut(trimmed, "/")
	wantHost, wantPath, _ := strings.Cut(want, "/")
	switch {
	case host == wantHost && path == "":
		return true
	case host == wantHost && path != "" && strings.HasSuffix(wantPath, path):
		return true
	}
	return path == wantPath && (sameLabels(host, wantHost) || path != "" && (within(host, wantHost) || within(wantHost, host)))
}

// within reports whether every label of a host is one of another host.
func within(host, other string) bool {
	labels := strings.Split(other, ".")
	for label := range strings.SplitSeq(host, ".") {
		if !slices.Contains(labels, label) {
			return false
		}
	}
	return true
}

func sameLabels(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// misshapenEKS: an issuer of EKS is oidc.eks.REGION.amazonaws.com/id/ID (with the suffix of the partition, or the
// dual-stack host oidc-eks.REGION.api.aws): https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
func misshapenEKS(issuer string) bool {
	host, path, _ := strings.Cut(issuer, "/")
	labels := strings.Split(host, ".")
	if !slices.Contains(labels, "oidc") || !slices.Contains(labels, "eks") {
		return false
	}
	id, ok := strings.CutPrefix(path, "id/")
	return !strings.HasPrefix(host, "oidc.eks.") || !ok || id == "" || strings.Contains(id, "/")
}

// looksLikeSubject and looksLikeAudience recognize values that are under each other's key.
func looksLikeSubject(s string) bool { return strings.HasPrefix(s, "system:serviceaccount") }

func looksLikeAudience(s string) bool { return strings.Contains(s, "sts.amazon") }
