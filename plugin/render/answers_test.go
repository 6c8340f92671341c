package render_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/demo"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// read reads a snapshot: demo, or a file in testdata.
func read(t *testing.T, name string) *snapshot.Snapshot {
	t.Helper()
	data := demo.Snapshot
	if name != "demo" {
		var err error
		if data, err = os.ReadFile(filepath.Join("../../testdata", name)); err != nil {
			t.Fatal(err)
		}
	}
	whole, _, err := snapshot.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := whole.OfOneCluster()
	return s
}

// TestAnswers holds the commonest answers from the first to the last character. The comment of each file of testdata/render/answers
// is what it is about, its first section names the snapshot and the target, and the others are the answer in each form. Colour is
// shown as ^[ for the escape character.
func TestAnswers(t *testing.T) {
	files, err := filepath.Glob("../../testdata/render/answers/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var from, kind, namespace, name string
			if _, err := fmt.Sscan(string(archive.Files[0].Data), &from, &kind, &namespace, &name); err != nil || archive.Files[0].Name != "of" {
				t.Fatalf("the first section must be of, with snapshot, kind, namespace and name: %v", err)
			}
			report, err := judge.Diagnose(read(t, from), workload.Target{Kind: kind, Namespace: namespace, Name: name}, judge.Options{Bind: bind.Offers()})
			if err != nil {
				t.Fatal(err)
			}
			source := []string{"--snapshot", from}
			want := archive.Files
			archive.Files = archive.Files[:1:1]
			for _, form := range []struct {
				name  string
				write func([]*judge.Report, render.Style) string
				style render.Style
			}{
				{"80 columns", render.Explain, render.Style{Width: 80, Source: source}},
				{"160 columns", render.Explain, render.Style{Width: 160, Source: source}},
				{"80 columns, colour", render.Explain, render.Style{Width: 80, Color: true, Source: source}},
				{"160 columns, colour", render.Explain, render.Style{Width: 160, Color: true, Source: source}},
				{"whoami, 80 columns", render.Whoami, render.Style{Width: 80, Source: source}},
			} {
				text := form.write([]*judge.Report{report}, form.style)
				archive.Files = append(archive.Files, txtar.File{Name: form.name, Data: []byte(strings.ReplaceAll(text, "\x1b", "^["))})
			}
			got := txtar.Format(archive)
			archive.Files = want
			if bytes.Equal(got, txtar.Format(archive)) {
				return
			}
			if !*update {
				t.Fatalf("got\n%s\nwant\n%s", got, txtar.Format(archive))
			}
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// everyReport judges all pods of the demo and of the cases.
func everyReport(t *testing.T) map[string][]*judge.Report {
	t.Helper()
	found := map[string][]*judge.Report{"demo": judge.DiagnoseAll(read(t, "demo"), "", labels.Everything(), judge.Options{Bind: bind.Offers()})}
	for _, file := range cases.Files(t, "../../testdata/cases", ".yaml") {
		name, err := filepath.Rel("../../testdata", file)
		if err != nil {
			t.Fatal(err)
		}
		found[name] = judge.DiagnoseAll(read(t, name), "", labels.Everything(), judge.Options{Bind: bind.Offers()})
	}
	return found
}

// TestShortAnswers holds, of every pod of the demo and of the cases at 80 columns, that a healthy answer has eight lines at most and
// no blank one, that every other answer has its parts in their order, each once, and that no sentence is wider than the terminal.
func TestShortAnswers(t *testing.T) {
	short := 0
	for name, reports := range everyReport(t) {
		for _, r := range reports {
			text := render.Explain([]*judge.Report{r}, render.Style{Width: 80})
			about := name + ", " + r.Target.Namespace + "/" + r.Target.Name
			lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
			risky := false
			for _, f := range r.Findings {
				risky = risky || f.Class == check.Risk
			}
			if !risky && (r.Verdict == judge.Works || r.Verdict == judge.NotConfigured) {
				short++
				if len(lines) > 8 || strings.Contains(text, "\n\n") {
					t.Errorf("%s: a healthy answer has %d lines:\n%s", about, len(lines), text)
				}
				continue
			}
			if n := strings.Count(text, "\nNEXT  "); n != 1 && r.Verdict != judge.Works && r.Verdict != judge.NotConfigured || n > 1 {
				t.Errorf("%s: NEXT is there %d times:\n%s", about, n, text)
			}
			if i := strings.Index(text, "\nNEXT  "); i >= 0 && strings.Contains(text[i+1:], "\n\n") {
				t.Errorf("%s: something is behind NEXT:\n%s", about, text)
			}
			for _, note := range []string{"IRSA604", "IRSA605", "IRSA608"} {
				if strings.Contains(text, "  "+note+": ") {
					t.Errorf("%s: %s repeats the chain:\n%s", about, note, text)
				}
			}
			if strings.Contains(text, `'{"Version`) || strings.Contains(text, `"Statement":`) {
				t.Errorf("%s: a whole policy is in the answer:\n%s", about, text)
			}
			flat := strings.Join(strings.Fields(text), " ")
			for _, f := range r.Findings {
				if f.Fix != nil && f.Class == check.Breaks && len(f.Fix.Summary) > 60 && strings.Count(flat, f.Fix.Summary[1:]) > 1 {
					t.Errorf("%s: the fix is there more than once:\n%s", about, text)
				}
				if f.Fix != nil && f.Fix.Bind != "" && strings.Count(text, f.Fix.Bind+"\n") != 1 {
					t.Errorf("%s: the command that fixes it is not there once:\n%s", about, text)
				}
			}
		}
	}
	if short < 20 {
		t.Errorf("only %d healthy answers", short)
	}
}
