package trust

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden parts of testdata")

// TestExplain runs testdata/explain: a policy, the request where it is not the usual one, and what Evaluate, Fix,
// Repair, Grant and Revoke make of it. A file of its own for every cause there is.
func TestExplain(t *testing.T) {
	files, err := filepath.Glob("testdata/explain/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	seen := make(map[Cause]bool)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			policy, err := Parse(part(archive, "policy.json"))
			if err != nil {
				t.Fatal(err)
			}
			request, existing := usualRequest(t, string(part(archive, "request")))
			d := policy.Evaluate(request)
			seen[d.Cause] = true
			got := []txtar.File{{Name: "want", Data: []byte(describe(d))}}
			if edit, err := policy.Fix(request, existing...); err == nil && edit.Summary != "" {
				got = append(got, edited(t, "fix", edit, nil)...)
			}
			if edit, err := policy.Repair(request, existing...); err == nil && edit.Summary != "" {
				got = append(got, edited(t, "repair", edit, nil)...)
			}
			for _, name := range strings.Fields(string(part(archive, "also"))) {
				change := map[string]func(Request) (Edit, error){"grant": policy.Grant, "revoke": policy.Revoke}[name]
				edit, err := change(request)
				got = append(got, edited(t, name, edit, err)...)
			}
			golden(t, file, archive, got)
		})
	}
	for cause := range CauseUnknowable + 1 {
		if !seen[cause] && len(files) > 1 {
			t.Errorf("no case has the cause %d (%s)", cause, cause)
		}
	}
}

func part(archive *txtar.Archive, name string) []byte {
	for _, f := range archive.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// golden holds what came out against the file, behind what goes in.
func golden(t *testing.T, file string, archive *txtar.Archive, got []txtar.File) {
	t.Helper()
	whole := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		if f.Name == "policy.json" || f.Name == "request" || f.Name == "also" {
			whole.Files = append(whole.Files, f)
		}
	}
	whole.Files = append(whole.Files, got...)
	text := txtar.Format(whole)
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, text) {
		t.Errorf("%s is another now (-update rewrites it):\n%s", file, text)
	}
}

func describe(d Decision) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v: %v\n", d.Verdict, d.Cause)
	for _, line := range [...]struct{ name, value string }{
		{"where", d.Where}, {"have", d.Have}, {"need", d.Need}, {"why", d.Reason},
	} {
		if line.value != "" {
			fmt.Fprintf(&b, "%-6s %s\n", line.name, strings.ReplaceAll(line.value, "\n", `\n`))
		}
	}
	if d.Differ >= 0 {
		fmt.Fprintf(&b, "%-6s %d\n", "differ", d.Differ)
	}
	if d.Position.Known() {
		fmt.Fprintf(&b, "%-6s %v\n", "at", d.Position)
	}
	for _, c := range d.Conditions {
		fmt.Fprintln(&b, c)
	}
	return b.String()
}

func edited(t *testing.T, name string, e Edit, err error) []txtar.File {
	t.Helper()
	if err != nil {
		return []txtar.File{{Name: name, Data: []byte("error: " + err.Error() + "\n")}}
	}
	if e.Size != Size(e.Document) {
		t.Errorf("%s: size %d, counted %d", name, e.Size, Size(e.Document))
	}
	document := e.Document
	if !bytes.HasSuffix(document, []byte("\n")) {
		document = append(document, '\n')
	}
	return []txtar.File{
		{Name: name, Data: fmt.Appendf(nil, "%v, %d characters: %s\n", e.Verdict, e.Size, e.Summary)},
		{Name: name + ".json", Data: document},
	}
}

const (
	usualIssuer  = "https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
	usualRole    = "arn:aws:iam::111122223333:role/web"
	usualSubject = "system:serviceaccount:payments:api"
)

// usualRequest reads lines of a name and a value.
func usualRequest(t *testing.T, lines string) (Request, []Subject) {
	t.Helper()
	at := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	web := WebIdentityRequest{Issuer: usualIssuer, Subject: usualSubject, RoleARN: usualRole, Region: "us-east-1", Time: at}
	pod := PodIdentityRequest{
		ClusterARN: "arn:aws:eks:us-east-1:111122223333:cluster/prod", Namespace: "payments", ServiceAccount: "api",
		PodName: "api-7d4b9", PodUID: "0f0e0d0c", RoleARN: usualRole, Region: "us-east-1", Time: at,
	}
	var existing []Subject
	podIdentity := false
	for line := range strings.Lines(lines) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name {
		case "podIdentity":
			podIdentity = true
		case "subject":
			web.Subject = value
		case "issuer":
			web.Issuer = value
		case "audience":
			web.Audiences = append(web.Audiences, value)
		case "sourceIP":
			web.SourceIP = value
		case "namespace":
			pod.Namespace = value
		case "tags":
			pod.DisableSessionTags = value == "disabled"
		case "existing":
			s, ok := ParseSubject(value)
			if !ok {
				t.Fatalf("existing %q", value)
			}
			existing = append(existing, s)
		default:
			t.Fatalf("request: %q", line)
		}
	}
	if podIdentity {
		return PodIdentity(pod), existing
	}
	return WebIdentity(web), existing
}
