package trust

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

var malformedDocuments = []struct {
	name, document string
	line, column   int
	reason         string // part of it
}{
	{"nothing", "", 1, 1, "empty"},
	{"blank", " \n ", 2, 2, "empty"},
	{"truncated", "{\"Version\":\n \"2012-10", 2, 2, "a string without closing quotes"},
	{"truncated in an object", "{\"Version\": \"2012-10-17\",\n", 2, 1, "the end of the document"},
	{"no colon", `{"Version" "x"}`, 1, 12, "instead of : after the key"},
	{"comma at the end", "{\"a\": 1,\n}", 2, 1, "after a comma"},
	{"comma at the end of a list", `[1, ]`, 1, 5, "after a comma"},
	{"two documents", "{} {}", 1, 4, "after the end"},
	{"single quotes", "{'a': 1}", 1, 2, "a key in quotes"},
	{"bare word", `{"a": yes}`, 1, 7, "instead of a value"},
	{"leading zero", `{"a": 01}`, 1, 7, "an invalid JSON number"},
	{"control character", "{\"a\": \"\x01\"}", 1, 8, "control character"},
	{"bad escape", `{"ä": "\x"}`, 1, 8, "escape"},
	{"lone surrogate", `{"a": "\ud800"}`, 1, 8, "surrogate"},
	{"byte order mark", "\ufeff{}", 1, 1, "byte order mark"},
	{"not UTF-8", "{\"a\":\n\"ä\xff\"}", 2, 3, "not UTF-8"},
	{"percent encoding", "%7B%zz", 1, 1, "percent encoding"},
	{"nested", strings.Repeat("[", 1000), 1, 66, "deep"},
	{"huge", strings.Repeat(" ", maxDocument+1), 1, 1, "bytes"},
}

func TestMalformed(t *testing.T) {
	for _, c := range malformedDocuments {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.document))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.Line != c.line || e.Column != c.column || !strings.Contains(e.Reason, c.reason) {
				t.Errorf("%v, want line %d, column %d: …%s…", e, c.line, c.column, c.reason)
			}
		})
	}
}

// TestProblems: what IAM would not accept, with its place. %s stands where the statement is.
func TestProblems(t *testing.T) {
	statement := func(inner string) string {
		return "{\"Version\": \"2012-10-17\",\n\"Statement\": [" + inner + "]}"
	}
	for _, c := range []struct {
		name, document string
		severity       Severity
		line, column   int
		where, reason  string
	}{
		{"not an object", `[]`, Malformed, 1, 1, "the document", "a list"},
		{"version", `{"Version":"2012-10-18","Statement":[{"Effect":"Allow","Principal":"*","Action":"*"}]}`, Malformed, 1, 12, "Version", "2012-10-18"},
		{"no statement", `{"Version":"2012-10-17"}`, Malformed, 1, 1, "the document", "no Statement"},
		{"empty statement", `{"Version":"2012-10-17","Statement":[]}`, Malformed, 1, 37, "Statement", "empty"},
		{"element", `{"Version":"2012-10-17","__doc_comment":"x","Statement":{}}`, Malformed, 1, 25, "the document", "__doc_comment"},
		{"effect", statement(`{"Effect":"allow","Principal":"*","Action":"*"}`), Malformed, 2, 25, "statement 1, Effect", "Allow"},
		{"no principal", statement(`{"Effect":"Allow","Action":"sts:*"}`), Malformed, 2, 15, "statement 1", "no Principal"},
		{"no action", statement(`{"Effect":"Allow","Principal":"*"}`), Malformed, 2, 15, "statement 1", "no Action"},
		{"resource", statement(`{"Effect":"Allow","Principal":"*","Action":"sts:*","Resource":"*"}`), Malformed, 2, 66, "statement 1, Resource", "Resource"},
		{"principal type", statement(`{"Effect":"Allow","Principal":{"OIDC":"x"},"Action":"sts:*"}`), Malformed, 2, 46, "statement 1, Principal", "OIDC"},
		{"wildcard in a principal", statement(`{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::1:oidc-provider/*"},"Action":"sts:*"}`), Malformed, 2, 58, "statement 1, Principal Federated", "wildcard"},
		{"operator", statement(`{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"StringStarts":{"a:b":"c"}}}`), Malformed, 2, 79, "statement 1, StringStarts", "no operator"},
		{"null value", statement(`{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"Bool":{"a:b":null}}}`), Malformed, 2, 93, "statement 1, Bool a:b", "null"},
		{"variable", statement(`{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"StringLike":{"a:b":"${a"}}}`), Malformed, 2, 99, "statement 1, StringLike a:b", "brace"},
		{"variable with a blank", statement(`{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"StringLike":{"a:b":"${ a:c }"}}}`), Malformed, 2, 99, "statement 1, StringLike a:b", "space"},
		{"default without quotes", statement(`{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"StringLike":{"a:b":"${a:c, d}"}}}`), Malformed, 2, 99, "statement 1, StringLike a:b", "quotes"},
		{"repeated key", statement(`{"Effect":"Allow","Effect":"Deny","Principal":"*","Action":"sts:*"}`), Malformed, 2, 33, "the document", "twice"},
		{"repeated among many", statement(`{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"Bool":{"1":"","2":"","3":"","4":"","5":"","6":"","7":"","8":"","9":"","1":""}}}`), Malformed, 2, 150, "the document", "twice"},
		{"other service", statement(`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}`), Refused, 2, 58, "statement 1, Action", "STS AssumeRole"},
		{"misspelled action", statement(`{"Effect":"Allow","Principal":"*","Action":"sts:TagSessions"}`), Refused, 2, 58, "statement 1, Action", "STS AssumeRole"},
		{"sid", statement(`{"Sid":"a-b","Effect":"Allow","Principal":"*","Action":"sts:*"}`), Refused, 2, 22, "statement 1, Sid", "letters"},
		{"sid twice", statement(`{"Sid":"a","Effect":"Allow","Principal":"*","Action":"sts:*"},{"Sid":"a","Effect":"Allow","Principal":"*","Action":"sts:*"}`), Refused, 2, 77, "statement 2, Sid", "another statement"},
		{"characters", "{\"Version\":\"2012-10-17\",\"Id\":\"→\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sts:*\"}}", Refused, 1, 31, "the document", "U+0020"},
		{"case of an operator", statement(`{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"bool":{"a:b":"true"}}}`), Noted, 2, 79, "statement 1, bool", "case"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Parse([]byte(c.document))
			if err != nil {
				t.Fatal(err)
			}
			if p.Valid() != (c.severity != Malformed) {
				t.Errorf("valid: %v", p.Valid())
			}
			for _, problem := range p.Problems() {
				if problem.Severity == c.severity && problem.Line == c.line && problem.Column == c.column && problem.Where == c.where && strings.Contains(problem.Reason, c.reason) {
					return
				}
			}
			t.Errorf("no %v problem at %d:%d, %s: …%s… among %+v", c.severity, c.line, c.column, c.where, c.reason, p.Problems())
		})
	}
}

// TestManyProblems: however many there are, the one for which there is no verdict is told, and all are in the text's order.
func TestManyProblems(t *testing.T) {
	const refused = `{"Sid":"a-b","Effect":"Allow","Principal":"*","Action":"s3:Get"},`
	p := mustParse(t, []byte(`{"Statement":[`+strings.Repeat(refused, maxProblems)+`{"Effect":"allow","Effect":"Deny","Principal":"*","Action":"*"}],"Version":"x"}`))
	problems := p.Problems()
	if len(problems) != maxProblems {
		t.Errorf("%d problems", len(problems))
	}
	for i := range problems[1:] {
		if problems[i].Offset > problems[i+1].Offset {
			t.Errorf("%+v before %+v", problems[i], problems[i+1])
		}
	}
	p = mustParse(t, []byte(`{"Statement":[`+strings.Repeat(refused, maxProblems)+`{"Effect":"allow","Principal":"*","Action":"sts:*"}]}`))
	if d := p.Evaluate(usualWeb); d.Verdict != Invalid || d.Reason == "" || d.Where != "statement 101, Effect" {
		t.Errorf("%v at %s: %q", d.Verdict, d.Where, d.Reason)
	}
}

func TestPercentEncoding(t *testing.T) {
	const document = `{"Version":"2012-10-17","Statement":{"Sid":"ä","Effect":"Allow","Principal":{"AWS":"a+b c"},"Action":"sts:AssumeRole"}}`
	p, err := Parse([]byte(url.PathEscape(document)))
	if err != nil {
		t.Fatal(err)
	}
	if string(p.Document()) != document {
		t.Errorf("document %s", p.Document())
	}
	if got, want := Size([]byte(url.PathEscape(document))), len([]rune(document))-1; got != want {
		t.Errorf("size %d, want %d", got, want)
	}
}

// TestHostile: large documents of the worst shapes are read and judged without noticeable delay; a quadratic step
// anywhere would run into the test's time limit.
func TestHostile(t *testing.T) {
	const head = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"x"},"Action":"sts:*","Condition":{"StringLike":{"` +
		"oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub" + `":`
	fill := func(unit, separator string) string {
		var b strings.Builder
		for b.Len() < 900_000 {
			if b.Len() > 0 {
				b.WriteString(separator)
			}
			b.WriteString(unit)
		}
		return b.String()
	}
	for name, document := range map[string]string{
		"many values":     head + "[" + fill(`"system:serviceaccount:*a*b*c:*"`, ",") + "]}}}]}",
		"many stars":      head + `"` + fill("*a", "") + `"}}}]}`,
		"many variables":  head + `"` + fill("${aws:TagKeys}", "") + `"}}}]}`,
		"many expansions": head + `"` + fill("${sts:RoleSessionName}", "") + `"}}}]}`,
		"many statements": `{"Statement":[` + fill(`{"Effect":"Deny","Principal":"*","Action":"*"}`, ",") + "]}",
		"many problems":   `{"Statement":[` + fill(`{"ä":1}`, ",") + "]}",
		"one object":      "{" + fill(`"a":"b"`, ",") + "}",
		"many lists":      `{"Statement":[` + fill(`[]`, ",") + "]}",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Parse([]byte(document))
			if err != nil {
				t.Fatal(err)
			}
			request := usualWeb.With("sts:RoleSessionName", strings.Repeat("s", 64))
			request.principal.ID, request.lower = "arn:aws:iam::1:oidc-provider/x", "x"
			p.Evaluate(usualWeb)
			p.Evaluate(request)
			if _, err := p.Fix(usualWeb); err == nil && p.verdict(&usualWeb) != Allowed {
				t.Error("fixed a document that IAM could not hold")
			}
			if _, err := p.Grant(usualWeb); err == nil && p.verdict(&usualWeb) != Allowed {
				t.Error("granted in a document that IAM could not hold")
			}
			if _, err := p.Revoke(usualWeb); err == nil {
				t.Error("revoked in a document that IAM could not hold")
			}
			p.Exposure(usualWeb)
			if n := len(p.Problems()); n > maxProblems {
				t.Errorf("%d problems", n)
			}
		})
	}
}
