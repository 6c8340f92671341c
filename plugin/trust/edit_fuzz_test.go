package trust

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// FuzzEdits: of any document that IAM could have returned, Grant and Revoke make an edit that does what it promises and
// nothing else, or they say why they make none.
func FuzzEdits(f *testing.F) {
	for _, rows := range corpus(f) {
		for i, r := range rows {
			if i%4 == 0 {
				f.Add(r.document(f), byte(i), byte(i/7))
			}
		}
	}
	source := rand.New(rand.NewPCG(11, 12))
	for i := range 60 {
		d := rolled(source, 120)
		f.Add(pick(&d, []func() []byte{d.brokenTrust, d.brokenPodIdentity, d.policy})(), byte(i), byte(i/5))
	}
	f.Fuzz(func(t *testing.T, document []byte, who, where byte) {
		if p, err := Parse(document); err == nil && len(document) < 8000 {
			holdEdits(t, p, who, where)
		}
		if p, err := ParseReturned(document); err == nil && len(document) < 8000 {
			holdEdits(t, p, who, where)
		}
	})
}

// FuzzMadeEdits: the same, of policies as people write them, in the layouts in which they write them.
func FuzzMadeEdits(f *testing.F) {
	source := rand.New(rand.NewPCG(13, 14))
	for range 100 {
		f.Add([]byte(rolled(source, 160)))
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		d := dice(choices)
		who, where := byte(d.below(256)), byte(d.below(256))
		document := pick(&d, []func() []byte{d.brokenTrust, d.brokenPodIdentity, d.policy})()
		holdEdits(t, mustParse(t, d.spaced(document)), who, where)
	})
}

// spaced writes white space between the tokens of a document, and letters of its strings as escapes, as other writers do.
func (d *dice) spaced(document []byte) []byte {
	if d.oneIn(2) {
		return document
	}
	var b bytes.Buffer
	inside := false
	for i, c := range document {
		escaped := i > 0 && document[i-1] == '\\'
		switch {
		case c == '"' && !escaped:
			inside = !inside
			b.WriteByte(c)
		case inside && c == '/' && !escaped && d.oneIn(4):
			b.WriteString(`\/`)
		case inside && c == 'a' && !escaped && d.oneIn(8):
			b.WriteString(`\u0061`)
		default:
			b.WriteByte(c)
		}
		if !inside && strings.IndexByte("{[,:]}\"", c) >= 0 {
			b.WriteString(pick(d, []string{"", "", "", " ", "\n", "\r\n\t", "  "}))
		}
	}
	return b.Bytes()
}

var (
	namedIssuer  = regexp.MustCompile(`oidc-provider/([a-z0-9.]+/id/[A-Za-z0-9]{1,40})`)
	namedSubject = regexp.MustCompile(`system:serviceaccount:[a-z0-9-]{1,40}:[a-z0-9-]{1,40}`)
)

// askers are requests that have nothing to do with one another: tokens of two clusters and of those that the document names,
// and Pod Identity in two clusters.
func askers(document []byte) []Request {
	issuers := []string{genIssuer, genOther, "oidc.example.com:8443/id/C3"}
	for _, m := range namedIssuer.FindAllSubmatch(document, 3) {
		if issuer := string(m[1]); !slices.Contains(issuers, issuer) {
			issuers = append(issuers, issuer)
		}
	}
	subjects := cluster()
	for _, m := range namedSubject.FindAllString(string(document), 5) {
		for _, s := range []string{m, m + "-x", m[:len(m)-1]} {
			if subject, ok := ParseSubject(s); ok && !slices.Contains(subjects, subject) {
				subjects = append(subjects, subject)
			}
		}
	}
	var all []Request
	for _, s := range subjects {
		for _, issuer := range issuers {
			all = append(all, genWeb(issuer, s))
		}
		for _, name := range []string{"prod", "dev"} {
			all = append(all, PodIdentity(PodIdentityRequest{
				ClusterARN: "arn:aws:eks:us-east-1:111122223333:cluster/" + name, Namespace: s.Namespace, ServiceAccount: s.Name, RoleARN: usualRole,
			}))
		}
	}
	return all
}

// holdEdits holds Grant and Revoke to what they promise, for one of the askers.
func holdEdits(t *testing.T, p *Policy, who, where byte) {
	t.Helper()
	all := askers([]byte(p.text))
	own := (int(who) + int(where)*256) % len(all)
	request := all[own]
	before := degrees(p, all)
	hold := func(what string, edit Edit, gain, loss bool) *Policy {
		t.Helper()
		after, err := Parse(edit.Document)
		if err != nil || edit.Summary != "" && !after.Valid() {
			t.Fatalf("%s (%s) makes a policy that is none: %v\n%s\n%s", what, edit.Summary, err, p.text, edit.Document)
		}
		if (edit.Summary == "") != bytes.Equal(edit.Document, p.Document()) {
			t.Fatalf("%s: %q, and the document is\n%s\n%s", what, edit.Summary, p.text, edit.Document)
		}
		if edit.Summary == "" {
			return p
		}
		if edit.Size != Size(edit.Document) || edit.Verdict != after.Verdict(request) {
			t.Fatalf("%s (%s): size %d, %v; it is %d, %v\n%s", what, edit.Summary, edit.Size, edit.Verdict, Size(edit.Document), after.Verdict(request), edit.Document)
		}
		for i, now := range degrees(after, all) {
			if now > before[i] && (i != own || !gain) || now < before[i] && (i != own || !loss) {
				t.Fatalf("%s for %s (%s) moves %s of %s from %d to %d\n%s\n%s", what, request.who(), edit.Summary, all[i].who(), all[i].principal.ID, before[i], now, p.text, edit.Document)
			}
		}
		return after
	}
	grant, err := p.Grant(request)
	known(t, err, ErrInvalid, ErrIncomplete, ErrSubject, ErrDenied)
	if err == nil {
		after := hold("Grant", grant, true, false)
		if !grant.Verdict.MayAllow() {
			t.Fatalf("granted, and %v\n%s\n%s", grant.Verdict, p.text, grant.Document)
		}
		untouched(t, p, after, grant.Summary)
		if again, err := after.Grant(request); err != nil || again.Summary != "" || !bytes.Equal(again.Document, grant.Document) {
			t.Fatalf("granted twice: %v, %s\n%s\n%s", err, again.Summary, grant.Document, again.Document)
		}
		if before[own] == 0 {
			back, err := after.Revoke(request)
			known(t, err, ErrInvalid, ErrPattern)
			if err == nil {
				if now := degrees(mustParse(t, back.Document), all); !slices.Equal(now, before) {
					t.Fatalf("granted (%s) and revoked (%s), others are allowed than before\n%s\n%s\n%s", grant.Summary, back.Summary, p.text, grant.Document, back.Document)
				}
			}
		}
	}
	revoke, err := p.Revoke(request)
	known(t, err, ErrInvalid, ErrIncomplete, ErrSubject, ErrPattern)
	if err == nil {
		after := hold("Revoke", revoke, false, true)
		if revoke.Verdict.MayAllow() {
			t.Fatalf("revoked, and %v\n%s\n%s", revoke.Verdict, p.text, revoke.Document)
		}
		if again, err := after.Revoke(request); err != nil || again.Summary != "" {
			t.Fatalf("revoked twice: %v, %s\n%s\n%s", err, again.Summary, p.text, revoke.Document)
		}
	}
}

func degrees(p *Policy, all []Request) []int {
	list := make([]int, len(all))
	for i := range all {
		list[i] = p.Verdict(all[i]).degree()
	}
	return list
}

func known(t *testing.T, err error, these ...error) {
	t.Helper()
	if err != nil && !slices.ContainsFunc(these, func(one error) bool { return errors.Is(err, one) }) {
		t.Fatal(err)
	}
}

// untouched: one statement differs, or one is new; the text of the others, and around them, is byte for byte as it was.
func untouched(t *testing.T, before, after *Policy, summary string) {
	t.Helper()
	if len(before.statements) == 0 || len(after.statements) < len(before.statements) {
		t.Fatalf("%s: %d statements became %d\n%s\n%s", summary, len(before.statements), len(after.statements), before.text, after.text)
	}
	differ := len(after.statements) - len(before.statements)
	for i := range before.statements {
		was, is := before.statements[i].node.at, after.statements[i].node.at
		if before.text[was.start:was.end] != after.text[is.start:is.end] {
			differ++
		}
	}
	last := func(p *Policy) string { return p.text[p.statements[len(p.statements)-1].node.at.end:] }
	first := func(p *Policy) string { return p.text[:p.statements[0].node.at.start] }
	listed := before.list() == nil && after.list() != nil // of a single statement
	around := listed || first(before) == first(after) && last(before) == last(after)
	if differ > 1 || !around {
		t.Fatalf("%s: %d statements differ, around them is the same: %v\n%s\n%s", summary, differ, around, before.text, after.text)
	}
}
