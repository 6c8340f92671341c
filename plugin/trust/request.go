package trust

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// PrincipalType is a key of a Principal element.
type PrincipalType string

// The keys that IAM knows:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
const (
	Federated     PrincipalType = "Federated"
	Service       PrincipalType = "Service"
	AWS           PrincipalType = "AWS"
	CanonicalUser PrincipalType = "CanonicalUser"
)

// A Principal is who calls, or who a policy names: the ARN of an OIDC provider, a service, an account, or the ARN of a
// role or a user.
type Principal struct {
	Type PrincipalType
	ID   string
}

// A Request is one question to a trust policy: may this principal call these actions, in a call that carries these
// condition keys. WebIdentity, PodIdentity and TargetRole make those that a pod on EKS asks, with every rule that AWS
// documents for them; there is no other way to make one. The zero Request asks nothing: a policy's verdict on it is
// Undetermined, and no edit is made for it.
type Request struct {
	principal Principal
	actions   []string // all of them have to be allowed
	context   context

	// Of a web identity: its issuer and the key of its subject in lower case, as condition keys are compared, and the
	// longest subject that the call accepts, in characters; 0 is any.
	lower, subjectKey string
	longest           int

	// permitted: whether the caller's own policies allow the call is judged elsewhere, so that a principal which leaves it
	// to them, an account or everyone, matches.
	permitted bool

	gone []string // ARNs of OIDC providers that do not exist
}

func newRequest(who Principal, actions ...string) Request {
	r := Request{principal: who, actions: actions}
	r.lower = folded(r.issuer())
	r.subjectKey = r.claim("sub")
	return r
}

// Principal is who calls. Its ID is empty where the request leaves open which OIDC provider that is.
func (r Request) Principal() Principal {
	if r.federated() && partial(r.principal.ID) {
		return Principal{Type: Federated}
	}
	return r.principal
}

// With returns a copy of r in which a condition key has the given values: another subject, or something for which the
// description of the call has no field. Without values the key is present and empty. Keys ignore case.
func (r Request) With(key string, values ...string) Request {
	r = r.clone()
	r.context.set(key, values...)
	return r
}

// Without returns a copy of r that knows of OIDC providers, by their ARNs, that they do not exist. A statement that names one
// of them allows nobody by it, so that an edit may put the request's own provider in its place.
func (r Request) Without(providers ...string) Request {
	r.gone = append(slices.Clip(r.gone), providers...)
	return r
}

// dead reports whether no token comes from a provider that a policy names: it does not exist, or is not one of the role's
// account.
func (r *Request) dead(provider string) bool {
	prefix, _, ok := strings.Cut(provider, oidcProvider)
	own, _, _ := strings.Cut(r.principal.ID, oidcProvider)
	return ok && r.federated() && provider != r.principal.ID && (slices.Contains(r.gone, provider) || own != "" && prefix != own)
}

// meant reports whether a name with wildcards, which match nothing in a principal, was meant to take in the request's own.
func (r *Request) meant(principal string) bool {
	return wild(principal) && Like(principal, r.principal.ID)
}

// clone is a copy whose context can be written to.
func (r *Request) clone() Request {
	c := *r
	c.context.values = maps.Clone(r.context.values)
	return c
}

func (r *Request) empty() bool { return len(r.actions) == 0 }

func (r *Request) federated() bool { return r.principal.Type == Federated }

// issuer is the issuer that the request's keys are named after, without its scheme; empty where the principal is not an
// OIDC provider, or the issuer is unknown.
func (r *Request) issuer() string {
	if !r.federated() {
		return ""
	}
	return providerIssuer(r.principal.ID)
}

// claim is the key, in lower case, of a claim of the request's token.
func (r *Request) claim(name string) string { return r.lower + ":" + name }

// editable says why no edit can be made for a request: it names no service account that an edit could name, or leaves
// open which one, or whose provider.
func (r *Request) editable() error {
	if r.empty() {
		return ErrIncomplete
	}
	who := clip(r.who())
	if r.federated() {
		subject, known := r.context.single(r.subjectKey)
		_, ok := ParseSubject(subject)
		switch {
		case !known || partial(r.principal.ID):
			return fmt.Errorf("%s: %w", who, ErrIncomplete)
		case !ok || strings.ContainsAny(r.principal.ID, "*?$\"\\ \t\r\n"):
			return fmt.Errorf("%s: %w", who, ErrSubject)
		}
		return nil
	}
	for _, key := range r.subjectKeys() {
		if r.context.lookup(key).unknown {
			return fmt.Errorf("%s: %w", who, ErrIncomplete)
		}
	}
	return nil
}

// subject is the token's subject; empty where it is unknown.
func (r *Request) subject() string {
	subject, _ := r.context.single(r.subjectKey)
	return subject
}

// who is the request's subject, in words.
func (r *Request) who() string {
	if r.federated() {
		if subject, ok := r.context.single(r.subjectKey); ok {
			return subject
		}
	}
	namespace, known := r.context.single(folded(requestTag + tagNamespace))
	name, knownToo := r.context.single(folded(requestTag + tagServiceAccount))
	if known && knownToo {
		return r.principal.ID + " and service account " + namespace + "/" + name
	}
	return r.principal.ID
}

// tooLong: STS accepts no token with such a subject, whatever the policy says.
func (r *Request) tooLong() bool {
	if r.longest == 0 {
		return false
	}
	subject, _ := r.context.single(r.subjectKey)
	return len(subject) > r.longest && utf8.RuneCountInString(subject) > r.longest
}

// subjectKeys are the keys, in lower case, that distinguish one service account from another.
func (r *Request) subjectKeys() []string {
	if r.federated() {
		return []string{r.subjectKey}
	}
	return []string{folded(requestTag + tagNamespace), folded(requestTag + tagServiceAccount)}
}

// anySubject is the request with its subject left open. Session tags that EKS Pod Identity does not pass stay absent.
func (r *Request) anySubject() Request {
	base := r.clone()
	for _, key := range r.subjectKeys() {
		if r.context.lookup(key).present() {
			base.context.setUnknown(key, false, "any subject")
		}
	}
	base.longest = 0 // each subject has its own length
	return base
}
