package render_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/demo"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

const account = "arn:aws:iam::111122223333:role/"

// plans are what the goldens of testdata/render/plan show: of the demo, or of a snapshot of testdata/bind/export.
var plans = map[string]struct {
	snapshot string
	bind     bind.Request
	unbind   bind.UnbindRequest
	proof    *bind.Proof // if not the real one
}{
	"grant":   {bind: bind.Request{Namespace: "shop", ServiceAccount: "checkout", RoleARN: account + "checkout"}},
	"create":  {bind: bind.Request{Namespace: "shop", ServiceAccount: "new", RoleARN: account + "new", CreateServiceAccount: true, CreateRole: true}},
	"nothing": {bind: bind.Request{Namespace: "shop", ServiceAccount: "web", RoleARN: account + "web"}},
	"still-broken": {bind: bind.Request{Namespace: "shop", ServiceAccount: "checkout", RoleARN: account + "checkout"}, proof: &bind.Proof{
		Verdict: judge.Broken, Remaining: []string{"IRSA601 the SDK in container app is too old to exchange a web identity token (checkout)"},
		Unknown: []fact.Gap{{What: "get nodes/n1", Reason: "forbidden"}, {What: "get nodes/n2", Reason: "forbidden"}},
	}},
	"unknown": {bind: bind.Request{Namespace: "shop", ServiceAccount: "checkout", RoleARN: account + "checkout"}, proof: &bind.Proof{
		Verdict: judge.Undetermined, Unknown: []fact.Gap{{What: "list pods -n shop", Reason: "forbidden"}},
	}},
	"helm":    {snapshot: "helm", bind: bind.Request{Namespace: "shop", ServiceAccount: "web", RoleARN: account + "web"}},
	"migrate": {snapshot: "migrate-second", bind: bind.Request{Namespace: "shop", ServiceAccount: "web", RoleARN: account + "web", Migrate: true}},
	"unbind":  {unbind: bind.UnbindRequest{Namespace: "shop", ServiceAccount: "web"}},
}

// copied are lines that are copied or compared, and so are never broken: commands, and lines of a document.
var copied = regexp.MustCompile(`^ +([-+] |kubectl |aws |["{}\]]|#|[a-z.]+\.[a-z]+/)`)

// TestPlan holds what plans look like on a terminal of 80 columns, with and without colour, which is shown as ^[ for the escape
// character, and that nothing but what is copied is wider than the terminal.
func TestPlan(t *testing.T) {
	for name, c := range plans {
		t.Run(name, func(t *testing.T) {
			data := demo.Snapshot
			if c.snapshot != "" {
				var err error
				if data, err = os.ReadFile("../../testdata/bind/export/" + c.snapshot + ".json"); err != nil {
					t.Fatal(err)
				}
			}
			s, _, err := snapshot.Read(data)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := bind.New(s, c.bind)
			if c.bind.ServiceAccount == "" {
				plan, err = bind.NewUnbind(s, c.unbind)
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.proof != nil {
				plan.Proof = *c.proof
			}
			got := ""
			for _, style := range []render.Style{{Width: 80}, {Width: 80, Color: true, ASCII: true}} {
				text := render.Plan(plan, s, style)
				text += render.Warnings(plan, s, style)
				for line := range strings.SplitSeq(text, "\n") {
					if plain := escapes.ReplaceAllString(line, ""); len([]rune(plain)) > style.Width && !copied.MatchString(plain) {
						t.Errorf("wider than the terminal: %s", plain)
					}
				}
				got += strings.ReplaceAll(text, "\x1b", "^[") + strings.Repeat("=", style.Width) + "\n"
			}
			file := "../../testdata/render/plan/" + name + ".golden"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")
