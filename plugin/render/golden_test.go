package render_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A form is one way to print reports.
type form struct {
	name  string
	print func(reports []*judge.Report) ([]byte, error)
}

func text(write func([]*judge.Report, render.Style) string, s render.Style) func([]*judge.Report) ([]byte, error) {
	return func(reports []*judge.Report) ([]byte, error) { return []byte(write(reports, s)), nil }
}

var forms = []form{
	{"explain, 80 columns", text(render.Explain, render.Style{Width: 80})},
	{"explain, 160 columns", text(render.Explain, render.Style{Width: 160})},
	{"explain, a pipe", text(render.Explain, render.Style{})},
	{"explain, colour", text(render.Explain, render.Style{Width: 80, Color: true})},
	{"explain, ASCII", text(render.Explain, render.Style{Width: 80, ASCII: true})},
	{"explain, wide", text(render.Explain, render.Style{Width: 160, Wide: true})},
	{"whoami, 80 columns", text(render.Whoami, render.Style{Width: 80})},
	{"whoami, 160 columns", text(render.Whoami, render.Style{Width: 160})},
	{"whoami, ASCII", text(render.Whoami, render.Style{Width: 80, ASCII: true})},
	{"table, 80 columns", text(render.Table, render.Style{Width: 80})},
	{"table, 40 columns", text(render.Table, render.Style{Width: 40})},
	{"table, 160 columns", text(render.Table, render.Style{Width: 160})},
	{"table, a pipe", text(render.Table, render.Style{})},
	{"table, ASCII", text(render.Table, render.Style{Width: 80, ASCII: true})},
	{"table, no headers", text(render.Table, render.Style{Width: 80, NoHeaders: true})},
	{"table, verdicts", text(render.Table, render.Style{Width: 80, Verdicts: []judge.Verdict{judge.Undetermined, judge.NotConfigured}})},
	{"table, colour", text(render.Table, render.Style{Width: 80, Color: true})},
	{"table, wide", text(render.Table, render.Style{Width: 160, Wide: true})},
	{"JSON", func(reports []*judge.Report) ([]byte, error) { return render.JSON(render.Reports(reports, true)) }},
	{"YAML", func(reports []*judge.Report) ([]byte, error) { return render.YAML(render.Reports(reports, false)) }},
	{"CSV", render.CSV},
	{"JUnit", func(reports []*judge.Report) ([]byte, error) {
		return render.JUnit(reports, render.Gate{Unknown: true})
	}},
	{"JUnit, gate of risks", func(reports []*judge.Report) ([]byte, error) {
		return render.JUnit(reports, render.Gate{Risk: true})
	}},
	{"SARIF", func(reports []*judge.Report) ([]byte, error) { return render.SARIF(reports, twoChecks, "v1.2.3") }},
	{"identity, YAML", func(reports []*judge.Report) ([]byte, error) { return render.YAML(render.Identities(reports)) }},
}

// twoChecks stand for the catalogue.
var twoChecks = []check.Check{
	{Code: "IRSA402", Class: check.Breaks, Link: check.LinkTrust, Title: "the trust policy names another subject", Doc: check.Doc{
		Means: "The policy asks for another subject.\nNothing else is wrong with it.", Example: "The policy says:\n\n    \"sub\": \"*\"",
		Fix: "Write <subject> into the *condition*.", Verify: "Run:\n\n    aws iam get-role --role-name web",
	}},
	{Code: "IRSA411", Class: check.Risk, Link: check.LinkTrust, Title: "the trust policy lets in more than this service account"},
}

// TestGolden prints the reports of each file in every form that the file has a section for. Colour is shown
// as ^[ for the escape character.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("../../testdata/render/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	used := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(archive.Files) < 2 || archive.Files[0].Name != "reports" {
				t.Fatal("the first section must be reports, and a form must follow")
			}
			reports := reportsIn(t, archive.Files[0].Data)
			changed := false
			for i, section := range archive.Files[1:] {
				at := slices.IndexFunc(forms, func(f form) bool { return f.name == section.Name })
				if at < 0 {
					t.Fatalf("no form is named %q", section.Name)
				}
				used[section.Name] = true
				got, err := forms[at].print(reports)
				if err != nil {
					t.Fatal(err)
				}
				got = bytes.ReplaceAll(got, []byte("\x1b"), []byte("^["))
				if bytes.Equal(got, section.Data) {
					continue
				}
				if *update {
					archive.Files[i+1].Data, changed = got, true
					continue
				}
				t.Errorf("%s: got\n%s\nwant\n%s", section.Name, got, section.Data)
			}
			if changed {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	for _, f := range forms {
		if !used[f.name] {
			t.Errorf("no golden file shows %q", f.name)
		}
	}
}

func reportsIn(t *testing.T, text []byte) []*judge.Report {
	t.Helper()
	var reports []*judge.Report
	if err := yaml.UnmarshalStrict(text, &reports); err != nil {
		t.Fatal(err)
	}
	return reports
}
