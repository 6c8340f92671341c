package trust

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func rolled(source *rand.Rand, n int) dice {
	d := make(dice, n)
	for i := range d {
		d[i] = byte(source.Uint32())
	}
	return d
}

// TestDenyNeverWidens and that an Allow never narrows, wherever they are put.
func TestStatementsAreMonotone(t *testing.T) {
	source := rand.New(rand.NewPCG(3, 4))
	moved := map[bool]int{}
	for range 10_000 {
		d := rolled(source, 100)
		document, request := d.policy(), requestOf(d.context())
		deny := d.oneIn(2)
		var doc map[string]any
		decode(t, document, &doc)
		statements, ok := doc["Statement"].([]any)
		if !ok {
			statements = []any{doc["Statement"]}
		}
		at := d.below(len(statements) + 1)
		more := append(append(append([]any{}, statements[:at]...), d.statement(deny)), statements[at:]...)
		doc["Statement"] = more
		before, after := mustParse(t, document).Verdict(request).degree(), mustParse(t, marshal(doc)).Verdict(request).degree()
		if deny && after > before {
			t.Fatalf("a Deny widened %s to %s", document, marshal(doc))
		}
		if !deny && after < before {
			t.Fatalf("an Allow narrowed %s to %s", document, marshal(doc))
		}
		if before != after {
			moved[deny]++
		}
	}
	if moved[true] < 100 || moved[false] < 100 {
		t.Errorf("too few verdicts moved for this to say anything: %v", moved)
	}
}

func decode(t testing.TB, document []byte, to any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	if err := decoder.Decode(to); err != nil {
		t.Fatal(err)
	}
}

func mustParse(t testing.TB, document []byte) *Policy {
	t.Helper()
	p, err := Parse(document)
	if err != nil {
		t.Fatalf("%v: %s", err, document)
	}
	return p
}

var (
	genNamespaces = []string{"payments", "billing", "kube-system", "payments-x", "default"}
	genNames      = []string{"api", "worker", "default", "api-2", "web"}
)

// cluster is every service account of a small cluster.
func cluster() []Subject {
	var all []Subject
	for _, namespace := range genNamespaces {
		for _, name := range genNames {
			all = append(all, Subject{namespace, name})
		}
	}
	return all
}

// brokenTrust makes a trust policy as people write them: mostly right, with mistakes.
func (d *dice) brokenTrust() []byte {
	var statements []any
	for range 1 + d.below(3) {
		issuer := pick(d, []string{genIssuer, genIssuer, genOther})
		provider := pick(d, []string{"arn:aws:iam::111122223333:oidc-provider/" + issuer, genProvider, "https://" + genIssuer, "arn:aws:iam::444455556666:oidc-provider/" + issuer})
		prefix := pick(d, []string{issuer, issuer, genIssuer, "https://" + issuer, provider, genOther})
		subject := func() string {
			s := Subject{pick(d, genNamespaces), pick(d, genNames)}.String()
			return pick(d, []string{s, s, s, s[:len(s)-1] + "*", "system:serviceaccount:" + pick(d, genNamespaces) + ":*", s + " ", strings.TrimPrefix(s, "system:"), "*"})
		}
		var subjects any = subject()
		if d.oneIn(3) {
			subjects = []any{subject(), subject()}
		}
		audience := pick(d, []string{"sts.amazonaws.com", "sts.amazonaws.com", "sts.amazon.com", "vault"})
		conditions := map[string]any{}
		switch d.below(6) {
		case 0, 1, 2:
			conditions[pick(d, []string{"StringEquals", "StringLike", "StringEqualsIgnoreCase", "ForAnyValue:StringLike"})] = map[string]any{prefix + ":sub": subjects, prefix + ":aud": audience}
		case 3:
			conditions["StringLike"] = map[string]any{prefix + ":sub": subjects}
			conditions["StringEquals"] = map[string]any{prefix + ":aud": audience}
		case 4:
			conditions["StringEquals"] = map[string]any{prefix + ":aud": subjects, prefix + ":sub": audience}
		case 5:
			conditions["StringNotEquals"] = map[string]any{prefix + ":sub": subjects}
		}
		switch d.below(10) {
		case 8:
			conditions["Bool"] = map[string]any{"aws:MultiFactorAuthPresent": "true"}
		case 9:
			conditions["StringEqualsIfExists"] = map[string]any{"aws:SourceVpc": "vpc-1"}
		}
		statement := map[string]any{
			"Effect":    pick(d, []string{"Allow", "Allow", "Allow", "Deny"}),
			"Principal": map[string]any{"Federated": provider},
			"Action":    pick(d, []any{ActionWebIdentity, ActionWebIdentity, "sts:AssumeRole", []any{"sts:TagSession", ActionWebIdentity}}),
			"Condition": conditions,
		}
		switch d.below(8) {
		case 6:
			statement["Principal"] = map[string]any{"Federated": []any{genProvider, "arn:aws:iam::111122223333:oidc-provider/" + genOther}}
		case 7:
			delete(statement, "Condition")
		}
		statements = append(statements, statement)
	}
	doc := map[string]any{"Version": "2012-10-17", "Statement": statements}
	if !d.oneIn(2) {
		return marshal(doc)
	}
	pretty, err := json.MarshalIndent(doc, "", pick(d, []string{"  ", "\t", "    "}))
	if err != nil {
		panic(err)
	}
	return pretty
}

// callers are the requests of every service account of the cluster.
func callers(issuer string) map[Subject]Request {
	all := make(map[Subject]Request)
	for _, s := range cluster() {
		all[s] = genWeb(issuer, s)
	}
	return all
}

func verdicts(p *Policy, callers map[Subject]Request) map[Subject]int {
	all := make(map[Subject]int)
	for s, request := range callers {
		all[s] = p.Verdict(request).degree()
	}
	return all
}

func genWeb(issuer string, s Subject) Request {
	return WebIdentity(WebIdentityRequest{Issuer: issuer, Subject: s.String(), RoleARN: usualRole})
}

// TestEditsAreExact: a fix allows its subject and nobody else of the cluster, and nobody of the other cluster;
// Grant too, and nobody loses anything; Revoke removes its subject alone; Repair flips.
func TestEditsAreExact(t *testing.T) {
	source := rand.New(rand.NewPCG(5, 6))
	done := map[string]int{}
	own := callers(genIssuer)
	other := callers(genOther)
	for range 1_500 {
		d := rolled(source, 120)
		document := d.brokenTrust()
		p := mustParse(t, document)
		subject := Subject{pick(&d, genNamespaces), pick(&d, genNames)}
		request := own[subject]
		was := p.Verdict(request).degree()
		before, beforeOther := verdicts(p, own), verdicts(p, other)
		check := func(what string, edit Edit, gain, loss bool) {
			t.Helper()
			after := mustParse(t, edit.Document)
			for s, now := range verdicts(after, own) {
				self := s == subject
				if now > before[s] && !(self && gain) || now < before[s] && !(self && loss) {
					t.Fatalf("%s for %v (%s) moved %v from %d to %d\n%s\n%s", what, subject, edit.Summary, s, before[s], now, document, edit.Document)
				}
			}
			for s, now := range verdicts(after, other) {
				if now > beforeOther[s] || now < beforeOther[s] && what != "fix" {
					t.Fatalf("%s for %v (%s) moved %v of the other cluster\n%s\n%s", what, subject, edit.Summary, s, document, edit.Document)
				}
			}
			if edit.Verdict != after.Verdict(request) {
				t.Fatalf("%s: %v, and it is %v", what, edit.Verdict, after.Verdict(request))
			}
			done[what]++
		}
		fix, err := p.Fix(request)
		if err == nil && (fix.Summary == "") != (was > 0) {
			t.Fatalf("the fix %q where the request is at %d: %s", fix.Summary, was, document)
		}
		if err == nil && was == 0 {
			if fix.Verdict.degree() <= was {
				t.Fatalf("%s does not flip %s", fix.Summary, document)
			}
			// A value that serves somebody may be replaced where it is a near miss; nobody else is allowed.
			after := mustParse(t, fix.Document)
			for s, now := range verdicts(after, own) {
				if s != subject && now > before[s] {
					t.Fatalf("the fix for %v (%s) allows %v\n%s\n%s", subject, fix.Summary, s, document, fix.Document)
				}
			}
			for s, now := range verdicts(after, other) {
				if now > beforeOther[s] {
					t.Fatalf("the fix for %v (%s) allows %v of the other cluster\n%s\n%s", subject, fix.Summary, s, document, fix.Document)
				}
			}
			done["fix"]++
			// Knowing that everybody exists, nobody is replaced.
			if careful, err := p.Fix(request, cluster()...); err == nil {
				check("careful fix", careful, true, false)
			}
		}
		if repair, err := p.Repair(request); err == nil && was == 0 {
			if repair.Verdict.degree() <= was || bytes.Equal(repair.Document, fix.Document) {
				t.Fatalf("the repair %s is none of %s", repair.Summary, document)
			}
			done["repair"]++
		}
		grant, err := p.Grant(request)
		switch {
		case err == nil:
			if grant.Verdict.degree() == 0 {
				t.Fatalf("granted and %v: %s", grant.Verdict, grant.Document)
			}
			check("grant", grant, true, false)
			again, err := mustParse(t, grant.Document).Grant(request)
			if err != nil || !bytes.Equal(again.Document, grant.Document) {
				t.Fatalf("granting twice is not granting once: %v\n%s\n%s", err, grant.Document, again.Document)
			}
			if was == 0 {
				back, err := mustParse(t, grant.Document).Revoke(request)
				if err != nil && !errors.Is(err, ErrPattern) {
					t.Fatal(err)
				}
				if err == nil {
					check("revoke after grant", back, false, true)
				}
			}
		case !errors.Is(err, ErrDenied):
			t.Fatal(err)
		}
		revoke, err := p.Revoke(request)
		switch {
		case err == nil:
			if revoke.Verdict.degree() > 0 {
				t.Fatalf("revoked and %v: %s", revoke.Verdict, revoke.Document)
			}
			if was == 0 && !bytes.Equal(revoke.Document, document) {
				t.Fatal("changed where there was nothing to take out")
			}
			check("revoke", revoke, false, true)
		case !errors.Is(err, ErrPattern):
			t.Fatal(err)
		}
	}
	for _, what := range []string{"fix", "careful fix", "repair", "grant", "revoke", "revoke after grant"} {
		if done[what] < 100 {
			t.Errorf("%s was tried %d times only", what, done[what])
		}
	}
}

// TestPodIdentityFixIsExact: a fix allows its own service account and removes nobody; where it changes what is tested
// of the tags, it allows nobody else.
func TestPodIdentityFixIsExact(t *testing.T) {
	source := rand.New(rand.NewPCG(9, 10))
	tagged := make(map[Subject]Request)
	for _, s := range cluster() {
		tagged[s] = PodIdentity(PodIdentityRequest{ClusterARN: "arn:aws:eks:us-east-1:111122223333:cluster/prod", Namespace: s.Namespace, ServiceAccount: s.Name, RoleARN: usualRole})
	}
	done := 0
	for range 500 {
		d := rolled(source, 60)
		document := d.brokenPodIdentity()
		p := mustParse(t, document)
		subject := Subject{pick(&d, genNamespaces), pick(&d, genNames)}
		before := verdicts(p, tagged)
		fix, err := p.Fix(tagged[subject])
		if err != nil || (fix.Summary != "") != (before[subject] == 0) {
			t.Fatalf("fix %q (%v) for %v: %s", fix.Summary, err, subject, document)
		}
		if fix.Summary == "" {
			continue
		}
		done++
		for s, now := range verdicts(mustParse(t, fix.Document), tagged) {
			switch {
			case s == subject && now == 0, now < before[s], s != subject && now > before[s] && !strings.Contains(fix.Summary, "add sts:TagSession"):
				t.Fatalf("the fix for %v (%s) moved %v from %d to %d\n%s\n%s", subject, fix.Summary, s, before[s], now, document, fix.Document)
			}
		}
	}
	if done < 300 {
		t.Errorf("tried %d times only", done)
	}
}

// brokenPodIdentity makes a trust policy for Pod Identity with mistakes.
func (d *dice) brokenPodIdentity() []byte {
	var statements []any
	for range 1 + d.below(2) {
		tests := map[string]any{}
		tag := pick(d, []string{requestTag, requestTag, requestTag, "aws:PrincipalTag/"})
		several := func(from []string) any {
			if d.oneIn(3) {
				return []string{pick(d, from), pick(d, from)}
			}
			return pick(d, from)
		}
		if !d.oneIn(3) {
			tests[tag+tagNamespace] = several(genNamespaces)
		}
		if !d.oneIn(3) {
			tests[tag+tagServiceAccount] = several(append([]string{"a*"}, genNames...))
		}
		if d.oneIn(4) {
			tests[requestTag+tagClusterName] = pick(d, []string{"prod", "dev"})
		}
		if d.oneIn(5) {
			tests["aws:SourceAccount"] = pick(d, []string{"111122223333", "444455556666"})
		}
		both := []string{actionAssumeRole, actionTagSession}
		statements = append(statements, map[string]any{
			"Effect":    "Allow",
			"Principal": map[string]any{"Service": pick(d, []string{PodIdentityService, PodIdentityService, "ec2.amazonaws.com"})},
			"Action":    pick(d, []any{both, both, actionAssumeRole}),
			"Condition": map[string]any{pick(d, []string{"StringEquals", "StringLike"}): tests},
		})
	}
	return marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
}

// TestRoundTrip: what Grant adds, Revoke removes again, byte for byte.
func TestRoundTrip(t *testing.T) {
	for name, document := range map[string]string{
		"list":      "{\n\t\"Version\": \"2012-10-17\",\n\t\"Statement\": [\n\t\t{\"Effect\": \"Allow\", \"Principal\": {\"Federated\": %q}, \"Action\": %q,\n\t\t\t\"Condition\": {\"StringEquals\": {%q: [\n\t\t\t\t\"system:serviceaccount:a:b\"\n\t\t\t]}}}\n\t]\n}\n",
		"string":    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":%q},"Action":%q,"Condition":{"StringEquals":{%q:"system:serviceaccount:a:b"}}}]}`,
		"spaced":    `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": %q}, "Action": %q, "Condition": {"StringEquals": {%q: "system:serviceaccount:a:b"}}}]}`,
		"compact":   `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":%q},"Action":%q,"Condition":{"StringEquals":{%q:["system:serviceaccount:a:b"]}}}]}`,
		"windows":   "{\r\n  \"Version\": \"2012-10-17\",\r\n  \"Statement\": [\r\n    {\"Effect\": \"Allow\", \"Principal\": {\"Federated\": %q}, \"Action\": %q, \"Condition\": {\"StringEquals\": {%q: [\"system:serviceaccount:a:b\"]}}}\r\n  ]\r\n}",
		"statement": "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Effect\": \"Allow\", \"Principal\": {\"Service\": %q}, \"Action\": %q, \"Condition\": {\"Null\": {%q: \"true\"}}}\n  ]\n}",
	} {
		t.Run(name, func(t *testing.T) {
			before := fmt.Sprintf(document, genProvider, ActionWebIdentity, genIssuer+":sub")
			request := genWeb(genIssuer, Subject{"payments", "api"})
			granted, err := mustParse(t, []byte(before)).Grant(request)
			if err != nil {
				t.Fatal(err)
			}
			if granted.Verdict != Allowed {
				t.Fatalf("%v: %s", granted.Verdict, granted.Document)
			}
			revoked, err := mustParse(t, granted.Document).Revoke(request)
			if err != nil {
				t.Fatal(err)
			}
			if string(revoked.Document) != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, revoked.Document)
			}
		})
	}
	t.Run("the last subject", func(t *testing.T) {
		before := fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":%q},"Action":%q,"Condition":{"StringEquals":{%q:"system:serviceaccount:payments:api"}}}}`, genProvider, ActionWebIdentity, genIssuer+":sub")
		request := genWeb(genIssuer, Subject{"payments", "api"})
		revoked, err := mustParse(t, []byte(before)).Revoke(request)
		if err != nil {
			t.Fatal(err)
		}
		if revoked.Verdict != ImplicitlyDenied {
			t.Fatalf("%v: %s", revoked.Verdict, revoked.Document)
		}
		granted, err := mustParse(t, revoked.Document).Grant(request)
		if err != nil {
			t.Fatal(err)
		}
		if string(granted.Document) != before {
			t.Errorf("before:\n%s\nafter:\n%s", before, granted.Document)
		}
	})
}

// TestIndex: it finds what asking for every service account would find.
func TestIndex(t *testing.T) {
	source := rand.New(rand.NewPCG(7, 8))
	all := append(cluster(), Subject{strings.Repeat("n", 63), strings.Repeat("a", 250)})
	for name, index := range map[string]*Index{"short": NewIndex(append(cluster(), cluster()...)), "long": NewIndex(all)} {
		found, answers := 0, map[bool]int{}
		for range 1_000 {
			d := rolled(source, 120)
			document := d.brokenTrust()
			if d.oneIn(3) {
				document = d.policy()
			}
			p := mustParse(t, document)
			a := index.Match(p, genWeb(genIssuer, Subject{"any", "one"}))
			want := map[Verdict][]Subject{}
			for _, s := range index.subjects {
				v := p.Verdict(genWeb(genIssuer, s))
				want[v] = append(want[v], s)
			}
			if fmt.Sprint(a.Allowed) != fmt.Sprint(want[Allowed]) || fmt.Sprint(a.Undetermined) != fmt.Sprint(want[Undetermined]) {
				t.Fatalf("%s: %v and %v, want %v and %v\n%s", name, a.Allowed, a.Undetermined, want[Allowed], want[Undetermined], document)
			}
			found += len(a.Allowed) + len(a.Undetermined)
			answers[a.All]++
		}
		if found < 500 || answers[false] < 100 {
			t.Errorf("%s: %d admitted, %v: too few for this to say anything", name, found, answers)
		}
	}
}

func TestIndexPodIdentity(t *testing.T) {
	p := mustParse(t, []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},
		"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"aws:RequestTag/kubernetes-namespace":"payments"},
		"StringLike":{"aws:RequestTag/kubernetes-service-account":"api*"}}}}`))
	index := NewIndex(cluster())
	a := index.Match(p, PodIdentity(PodIdentityRequest{Namespace: "x", ServiceAccount: "y"}))
	if want := []Subject{{"payments", "api"}, {"payments", "api-2"}}; fmt.Sprint(a.Allowed) != fmt.Sprint(want) || a.All {
		t.Errorf("%+v, want %v", a, want)
	}
	if a := index.Match(p, PodIdentity(PodIdentityRequest{DisableSessionTags: true})); len(a.Allowed) != 0 || !a.All {
		t.Errorf("without tags %+v", a)
	}
}
