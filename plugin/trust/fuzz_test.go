package trust

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/naive"
)

// FuzzParse: nothing panics, what parses prints and parses back equal, and the standard library agrees on what
// JSON is.
func FuzzParse(f *testing.F) {
	for _, rows := range corpus(f) {
		for _, r := range rows {
			f.Add(r.document(f))
		}
	}
	for _, c := range malformedDocuments {
		f.Add([]byte(c.document))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		p, err := Parse(document)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Line < 1 || e.Column < 1 || e.Reason == "" {
				t.Fatalf("error %#v", err)
			}
			if json.Valid(document) && utf8.Valid(document) && !strings.Contains(e.Reason, "surrogate") && !strings.Contains(e.Reason, "deep") {
				t.Fatalf("it is JSON: %v", err)
			}
			return
		}
		if !json.Valid(p.Document()) {
			t.Fatalf("it is no JSON: %q", p.Document())
		}
		for _, problem := range p.Problems() {
			if problem.Offset < 0 || problem.Offset > len(p.text) || !problem.Known() || problem.Reason == "" {
				t.Fatalf("problem %+v", problem)
			}
		}
		printed := []byte(minified(p))
		again, err := Parse(printed)
		if err != nil {
			t.Fatalf("printed as %q: %v", printed, err)
		}
		if minified(again) != string(printed) || again.Valid() != p.Valid() || len(again.statements) != len(p.statements) {
			t.Fatalf("%q became %q", printed, minified(again))
		}
		if !sameJSON(t, p.Document(), printed) {
			t.Fatalf("%q means something else than %q", printed, p.Document())
		}
		for _, request := range []Request{usualWeb, usualPod, {}, WebIdentity(WebIdentityRequest{})} {
			d := p.Evaluate(request)
			if v := p.Verdict(request); v != d.Verdict {
				t.Fatalf("Verdict says %v, Evaluate says %v", v, d.Verdict)
			}
			if a := again.Evaluate(request); a.Verdict != d.Verdict || a.Cause != d.Cause || a.Have != d.Have {
				t.Fatalf("printed, it answers %+v instead of %+v", a, d)
			}
			p.Exposure(request)
			if returned, err := ParseReturned(document); err != nil {
				t.Fatal(err)
			} else {
				checkReturned(t, p, returned, request)
			}
			if edit, err := p.Fix(request); err == nil {
				checkEdit(t, edit)
			}
			if edit, err := p.Revoke(request); err == nil && edit.Verdict == Allowed {
				t.Fatalf("revoked and still allowed: %s", edit.Document)
			}
			if edit, err := p.Grant(request); err == nil {
				checkEdit(t, edit)
			}
		}
	})
}

var (
	usualWeb = WebIdentity(WebIdentityRequest{Issuer: usualIssuer, Subject: usualSubject, RoleARN: usualRole})
	usualPod = PodIdentity(PodIdentityRequest{
		ClusterARN: "arn:aws:eks:us-east-1:111122223333:cluster/prod", Namespace: "payments", ServiceAccount: "api",
	})
)

func checkEdit(t *testing.T, edit Edit) {
	t.Helper()
	if !edit.Verdict.MayAllow() {
		t.Fatalf("%s: %v", edit.Summary, edit.Verdict)
	}
	if _, err := Parse(edit.Document); err != nil {
		t.Fatalf("%s: %v: %s", edit.Summary, err, edit.Document)
	}
}

// minified is a policy without white space between its tokens.
func minified(p *Policy) string {
	var b strings.Builder
	p.root.write(&b)
	return b.String()
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y bytes.Buffer
	for _, one := range []struct {
		to   *bytes.Buffer
		from []byte
	}{{&x, a}, {&y, b}} {
		decoder := json.NewDecoder(bytes.NewReader(one.from))
		decoder.UseNumber()
		var v any
		if err := decoder.Decode(&v); err != nil {
			t.Fatal(err)
		}
		one.to.Write(marshal(v))
	}
	return bytes.Equal(x.Bytes(), y.Bytes())
}

// FuzzEvaluate holds the evaluator against the naive one.
func FuzzEvaluate(f *testing.F) {
	source := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		seed := make([]byte, 60)
		for i := range seed {
			seed[i] = byte(source.Uint32())
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		d := dice(choices)
		document, context := d.policy(), d.context()
		p, err := Parse(document)
		if err != nil {
			t.Fatalf("%s: %v", document, err)
		}
		if !p.Valid() {
			t.Fatalf("%s: %+v", document, p.Problems())
		}
		request := requestOf(context)
		want := naiveVerdict(document, request, context)
		if got := p.Evaluate(request); got.Verdict != want {
			t.Fatalf("%v (%s: %s), the naive evaluator says %v\n%s\n%s", got.Verdict, got.Where, got.Reason, want, document, marshal(context))
		}
		if got := p.Verdict(request); got != want {
			t.Fatalf("Verdict says %v, the naive evaluator %v\n%s", got, want, document)
		}
		worlds(t, &d, p, request, context, want)
	})
}

// worlds: where keys are unknown, a definite verdict is that of every value they may have.
func worlds(t *testing.T, d *dice, p *Policy, request Request, context map[string][]string, want Verdict) {
	t.Helper()
	veiled := request.clone()
	for _, key := range slices.Sorted(maps.Keys(context)) {
		if d.oneIn(3) {
			veiled.context.setUnknown(key, d.oneIn(2), "veiled")
		}
	}
	// Where nothing allows, whether a Deny matches too may stay open. And what is not documented of a value may
	// not matter once the value is not looked at, so that an undetermined answer says nothing here.
	got := p.Verdict(veiled)
	if got != Undetermined && want != Undetermined && got.degree() != want.degree() {
		t.Fatalf("with unknown keys %v, with their values %v\n%s\n%s", got, want, p.Document(), marshal(context))
	}
}

// naiveVerdict is the second evaluator's answer.
func naiveVerdict(document []byte, request Request, context map[string][]string) Verdict {
	who := naive.Principal{Type: string(request.principal.Type), ID: request.principal.ID}
	return map[naive.Verdict]Verdict{
		naive.Allowed: Allowed, naive.ImplicitlyDenied: ImplicitlyDenied, naive.ExplicitlyDenied: ExplicitlyDenied, naive.Undetermined: Undetermined,
	}[naive.Judge(document, who, request.actions, context)]
}

// checkReturned: what IAM has accepted is judged, as Parse judges it where that can, and edits are valid.
func checkReturned(t *testing.T, p, returned *Policy, request Request) {
	t.Helper()
	d := returned.Evaluate(request)
	switch {
	case returned.Verdict(request) != d.Verdict:
		t.Fatalf("Verdict says %v, Evaluate says %v: %s", returned.Verdict(request), d.Verdict, returned.Document())
	case p.Valid() && d.Verdict != p.Verdict(request):
		t.Fatalf("%v, and %v where IAM returned it: %s", p.Verdict(request), d.Verdict, p.Document())
	case !returned.Valid() && !strings.Contains(d.Reason, "twice"):
		t.Fatalf("%s: %s", d.Reason, p.Document())
	}
	returned.Exposure(request)
	for _, edit := range []func() (Edit, error){
		func() (Edit, error) { return returned.Fix(request) },
		func() (Edit, error) { return returned.Repair(request) },
		func() (Edit, error) { return returned.Grant(request) },
		func() (Edit, error) { return returned.Revoke(request) },
	} {
		made, err := edit()
		if err != nil || made.Summary == "" {
			continue
		}
		if after, err := Parse(made.Document); err != nil || !after.Valid() {
			t.Fatalf("%s makes a policy that is none: %s", made.Summary, made.Document)
		}
	}
}

// TestReturned: every document of the corpus and every malformed one is judged where IAM returned it.
func TestReturned(t *testing.T) {
	judged := 0
	try := func(document []byte) {
		p, err := Parse(document)
		if err != nil {
			return
		}
		returned, err := ParseReturned(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, request := range []Request{usualWeb, usualPod, {}, WebIdentity(WebIdentityRequest{})} {
			checkReturned(t, p, returned, request)
		}
		if !p.Valid() && returned.Valid() {
			judged++
		}
	}
	for _, rows := range corpus(t) {
		for _, r := range rows {
			try(r.document(t))
		}
	}
	for _, c := range malformedDocuments {
		try([]byte(c.document))
	}
	if judged < 15 {
		t.Errorf("only %d were refused and are judged", judged)
	}
}
