package trust

import (
	"fmt"
	"strings"
	"testing"
)

// TestWildcards: * is any run, colons included, ? one character, nothing else is special.
func TestWildcards(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"**", "abc", true}, {"?", "", false}, {"?", "ä", true}, {"??", "ä", false},
		{"a*", "a", true}, {"*a", "ba", true}, {"*a", "ab", false}, {"a*b*c", "a1b2b3c", true}, {"a*b*c", "a1c2b", false},
		{"*ab", "aab", true}, {"*aab*", "aaaab", true}, {"a?c", "a:c", true}, {"[a]", "a", false}, {"a.c", "abc", false},
		{"system:serviceaccount:pay*:api", "system:serviceaccount:pay:x:api", true},
		{"*" + strings.Repeat("a*", 200) + "b", strings.Repeat("a", 250), false},
	} {
		if got := Like(c.pattern, c.text); got != c.want {
			t.Errorf("Like(%q, %q) = %v", c.pattern, c.text, got)
		}
		if got := likeTokens(appendTokens(nil, c.pattern, true), []rune(c.text)); got != c.want {
			t.Errorf("likeTokens(%q, %q) = %v", c.pattern, c.text, got)
		}
	}
}

// TestPrincipalsMatch: who a Principal element reaches, in an Allow and in a Deny beside a statement that allows all
// of them by name.
func TestPrincipalsMatch(t *testing.T) {
	provider := Principal{Federated, "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/a"}
	withPort := Principal{Federated, "arn:aws:iam::111122223333:oidc-provider/oidc.example.com:8443/a"}
	service := Principal{Service, PodIdentityService}
	role := Principal{AWS, "arn:aws:iam::444455556666:role/pod"}
	for _, c := range []struct {
		who         Principal
		named       string
		allow, deny Truth
	}{
		{provider, `{"Federated":"` + provider.ID + `"}`, True, True},
		{provider, `{"Federated":"` + provider.ID + `/"}`, False, False},
		{provider, `{"Federated":"arn:aws:iam::111122223333:oidc-provider/OIDC.example.com/a"}`, Unknown, Unknown},
		{provider, `{"Federated":"arn:aws:iam::111122223333:oidc-provider/oidc.example.com/A"}`, False, False},
		{provider, `{"Federated":"arn:aws:iam::444455556666:oidc-provider/OIDC.example.com/a"}`, False, False},
		{withPort, `{"Federated":"` + withPort.ID + `"}`, Unknown, Unknown},
		{provider, `"*"`, Unknown, True},
		{provider, `{"AWS":"*"}`, Unknown, True},
		{provider, `{"AWS":["111122223333","arn:aws:iam::111122223333:root"]}`, False, False},
		{provider, `{"AWS":"` + provider.ID + `"}`, False, False},
		{service, `{"Service":["ec2.amazonaws.com","pods.eks.amazonaws.com"]}`, True, True},
		{service, `{"Service":"eks.amazonaws.com"}`, False, False},
		{role, `{"AWS":"arn:aws:iam::444455556666:role/pod"}`, True, True},
		{role, `{"AWS":"arn:aws:iam::444455556666:role/other"}`, False, False},
		{role, `{"AWS":"444455556666"}`, Unknown, True},
		{role, `{"AWS":"arn:aws:iam::444455556666:root"}`, Unknown, True},
		{role, `{"AWS":"arn:aws:iam::111122223333:root"}`, False, False},
		{role, `{"CanonicalUser":"arn:aws:iam::444455556666:role/pod"}`, False, False},
	} {
		request := newRequest(c.who, actionAssumeRole)
		for effect, want := range map[string]Truth{"Allow": c.allow, "Deny": c.deny} {
			p := mustParse(t, fmt.Appendf(nil, `{"Statement":{"Effect":%q,"Principal":%s,"Action":"sts:AssumeRole"}}`, effect, c.named))
			if got := p.Evaluate(request).Trace[0].Result; got != want {
				t.Errorf("%s %s for %v: %v, want %v", effect, c.named, c.who, got, want)
			}
		}
	}
}

// TestUndocumented: what AWS's documents leave open is unknown, on whichever side of the answer it stands.
func TestUndocumented(t *testing.T) {
	const key = "oidc.example.com:sub"
	for _, c := range []struct {
		condition string
		have      []string
		want      Truth
	}{
		{`"StringEquals":{"OIDC.example.com:sub":"a","oidc.example.com:SUB":"a"}`, []string{"a"}, Unknown},
		{`"StringEquals":{"` + key + `":[]}`, []string{"a"}, False},
		{`"StringNotEquals":{"` + key + `":[]}`, []string{"a"}, Unknown},
		{`"StringNotEqualsIfExists":{"` + key + `":[]}`, []string{"a"}, False},
		{`"StringNotEqualsIfExists":{"` + key + `":[]}`, nil, True},
		{`"ForAllValues:StringEquals":{"` + key + `":[]}`, []string{"a"}, False},
		{`"ForAllValues:StringEquals":{"` + key + `":[]}`, nil, True},
		{`"ForAnyValue:StringNotEquals":{"` + key + `":[]}`, []string{"a"}, False},
		{`"StringEquals":{"` + key + `":5}`, []string{"5"}, Unknown},
		{`"StringEquals":{"` + key + `":[5,"a"]}`, []string{"a"}, True},
		{`"ArnEquals":{"` + key + `":5}`, []string{"5"}, Unknown},
		{`"Bool":{"` + key + `":1}`, []string{"true"}, Unknown},
		{`"Bool":{"` + key + `":"yes"}`, []string{"true"}, Unknown},
		{`"Bool":{"` + key + `":"TRUE"}`, []string{"true"}, True},
		{`"NumericEquals":{"` + key + `":true}`, []string{"1"}, Unknown},
		{`"NumericLessThan":{"` + key + `":"1e999999999"}`, []string{"1"}, Unknown},
		{`"NumericLessThan":{"` + key + `":"10"}`, []string{"9.5"}, True},
		{`"NumericEquals":{"` + key + `":9007199254740993}`, []string{"9007199254740992"}, False},
		{`"DateLessThan":{"` + key + `":"yesterday"}`, []string{"2026-01-01"}, Unknown},
		{`"IpAddress":{"` + key + `":"203.0.113.0/33"}`, []string{"203.0.113.1"}, Unknown},
		{`"IpAddress":{"` + key + `":"fe80::1%eth0"}`, []string{"fe80::1"}, Unknown},
		{`"BinaryEquals":{"` + key + `":"YXBw"}`, []string{"YXBw"}, True},
		{`"BinaryEquals":{"` + key + `":"!"}`, []string{"YXBw"}, Unknown},
		{`"Null":{"` + key + `":["true","false"]}`, []string{"a"}, Unknown},
		{`"Null":{"` + key + `":["true","TRUE"]}`, nil, True},
		{`"Null":{"` + key + `":"maybe"}`, nil, Unknown},
		{`"Null":{"` + key + `":[]}`, nil, Unknown},
		{`"Null":{"` + key + `":"true"}`, []string{}, Unknown},
		{`"ForAnyValue:StringEqualsIfExists":{"` + key + `":"a"}`, nil, Unknown},
		{`"StringEquals":{"` + key + `":"a"}`, []string{"a", "b"}, Unknown},
		{`"StringEquals":{"` + key + `":"a"}`, []string{}, Unknown},
		{`"StringEquals":{"` + key + `":"${` + key + `}"}`, []string{"a"}, True},
	} {
		for effect, want := range map[string]Truth{"Allow": c.want, "Deny": c.want} {
			r := newRequest(Principal{Federated, "p"}, ActionWebIdentity)
			if c.have != nil {
				r.context.set(key, c.have...)
			}
			p := mustParse(t, fmt.Appendf(nil, `{"Version":"2012-10-17","Statement":{"Effect":%q,"Principal":{"Federated":"p"},"Action":"sts:*","Condition":{%s}}}`, effect, c.condition))
			if !p.Valid() {
				t.Fatalf("%s: %+v", c.condition, p.Problems())
			}
			trace := p.Evaluate(r).Trace[0]
			if trace.Result != want {
				t.Errorf("%s %s with %q: %v, want %v (%+v)", effect, c.condition, c.have, trace.Result, want, trace.Parts)
			}
			for _, part := range trace.Parts {
				if part.Result == Unknown && part.Reason == "" {
					t.Errorf("%s: unknown, and no reason", c.condition)
				}
			}
		}
	}
}

// TestCauses: every cause has words of its own.
func TestCauses(t *testing.T) {
	seen := map[string]bool{}
	for cause := range CauseUnknowable + 1 {
		words := cause.String()
		if words == "" || words == (CauseUnknowable+1).String() || seen[words] {
			t.Errorf("cause %d is called %q", cause, words)
		}
		seen[words] = true
	}
}

// TestNames: what the package's values are called.
func TestNames(t *testing.T) {
	got := fmt.Sprint(Undetermined, Allowed, ImplicitlyDenied, ExplicitlyDenied, Invalid, Position{}, Position{4, 2, 3})
	if want := "Undetermined Allowed ImplicitlyDenied ExplicitlyDenied Invalid <unknown> line 2, column 3"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if err := (&Error{Position{4, 2, 3}, "a reason"}); err.Error() != "trust policy: line 2, column 3: a reason" {
		t.Errorf("%v", err)
	}
}

// TestStrings: what JSON can write in a string is read and written again.
func TestStrings(t *testing.T) {
	const document = `{"Id":"\"\\\/\b\f\n\r\t\u00e4\u20ac\ud83d\ude00\u0001ä"}`
	p := mustParse(t, []byte(document))
	if got, want := p.root.members[0].value.text, "\"\\/\b\f\n\r\tä€😀\x01ä"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := minified(p), `{"Id":"\"\\/\u0008\u000c\n\r\tä\u20ac\ud83d\ude00\u0001ä"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
