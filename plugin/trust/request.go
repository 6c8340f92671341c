package trust

import (
	"maps"
	"strings"
	"unicode/utf8"
)

// The actions that a role's trust policy decides on.
const (
	ActionWebIdentity = "sts:AssumeRoleWithWebIdentity"
	ActionAssumeRole  = "sts:AssumeRole"
	ActionTagSession  = "sts:TagSession"
)

// PodIdentityService is the principal that takes roles for EKS Pod Identity:
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
const PodIdentityService = "pods.eks.amazonaws.com"

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

// A Principal is who asks: an OIDC provider's ARN, a service, or the ARN of a role or user.
type Principal struct {
	Type PrincipalType
	ID   string
}

// A Request is one question to a trust policy: may Principal do all of Actions, the keys of the request
// being Context. WebIdentity and PodIdentity make the two that a pod on EKS asks.
type Request struct {
	Principal Principal
	Actions   []string // all of them have to be allowed
	Resource  string   // the role's ARN; trust policies do not look at it
	Context   Context

	// What STS asks beside the policy: longest is the longest subject that the call takes, in characters, 0 any;
	// subjectKey is its key, in lower case.
	longest    int
	subjectKey string
}

// A Value is what is known of a condition key. The zero Value is a key that the request does not carry.
type Value struct {
	Values      []string // a list where the key is multivalued
	Unknown     bool     // the value cannot be known from here
	MaybeAbsent bool     // the request may not carry the key at all
	Reason      string   // why it is unknown
}

func (v Value) present() bool { return v.Values != nil || v.Unknown }

func (v Value) reason() string {
	if v.Reason == "" {
		return "it cannot be known from here"
	}
	return v.Reason
}

// A Context holds the condition keys of a request. Keys ignore case. A key that was never set is absent,
// unless its family was said to be unknown. The zero Context is empty and ready to use.
type Context struct {
	values   map[string]Value
	never    map[string]bool // keys that such a request does not carry, whatever their family says
	families []keyFamily
}

type keyFamily struct {
	prefix string
	value  Value
}

// Set gives key one or more values. Without any the key is there and empty.
func (c *Context) Set(key string, values ...string) {
	c.put(key, Value{Values: append(make([]string, 0, len(values)), values...)})
}

// SetUnknown says that the request may carry key with any value, for a reason.
func (c *Context) SetUnknown(key string, maybeAbsent bool, reason string) {
	c.put(key, Value{Unknown: true, MaybeAbsent: maybeAbsent, Reason: reason})
}

func (c *Context) put(key string, v Value) {
	if c.values == nil {
		c.values = make(map[string]Value)
	}
	c.values[folded(key)] = v
}

// Get returns what is known of key.
func (c *Context) Get(key string) Value { return c.lookup(folded(key)) }

func (c *Context) lookup(lower string) Value {
	if v, ok := c.values[lower]; ok {
		return v
	}
	if c.never[lower] {
		return Value{}
	}
	for _, f := range c.families {
		if strings.HasPrefix(lower, f.prefix) {
			return f.value
		}
	}
	return Value{}
}

// With returns a copy of r in which key has the given values.
func (r Request) With(key string, values ...string) Request {
	r = r.clone()
	r.Context.Set(key, values...)
	return r
}

// clone is a copy whose context can be written to.
func (r *Request) clone() Request {
	c := *r
	c.Context.values = maps.Clone(r.Context.values)
	return c
}

// issuer is the issuer that the request's keys are named after, without its scheme; empty where the
// principal is not an OIDC provider.
func (r *Request) issuer() string {
	if r.Principal.Type != Federated {
		return ""
	}
	_, issuer, ok := strings.Cut(r.Principal.ID, oidcProvider)
	if !ok {
		return ""
	}
	return issuer
}

// claim is the key, in lower case, of a claim of the request's token.
func (r *Request) claim(name string) string { return folded(r.issuer()) + ":" + name }

// folded is a condition key in lower case, in which keys are compared.
func folded(s string) string {
	first := 0
	for first < len(s) && s[first] < utf8.RuneSelf && (s[first] < 'A' || s[first] > 'Z') {
		first++
	}
	if first == len(s) {
		return s
	}
	var room [160]byte
	if len(s) > len(room) {
		return strings.ToLower(s)
	}
	b := append(room[:0], s...)
	for i := first; i < len(b); i++ {
		switch {
		case b[i] >= 'A' && b[i] <= 'Z':
			b[i] += 'a' - 'A'
		case b[i] >= utf8.RuneSelf:
			return strings.ToLower(s)
		}
	}
	return string(b)
}

const oidcProvider = ":oidc-provider/"

// single returns the one known value of a key.
func (c *Context) single(lower string) (string, bool) {
	v := c.lookup(lower)
	if len(v.Values) != 1 {
		return "", false
	}
	return v.Values[0], true
}
