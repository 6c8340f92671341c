package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

// TestWords holds what no finding of any case may say: that something is what it should be, nothing at all, or one sentence
// twice.
func TestWords(t *testing.T) {
	files, err := filepath.Glob(cases.Folder + "/check/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cs cases.Case
		if yaml.UnmarshalStrict(data, &cs) == nil && cs.Base != "" {
			checkWords(t, file, judgeCase(t, cs))
		}
	}
	for _, file := range cases.Files(t, cases.Folder+"/cases", ".yaml") {
		checkWords(t, file, judge.DiagnoseAll(cases.Snapshot(t, file), "", labels.Everything(), judge.Options{})...)
	}
}

func checkWords(t *testing.T, file string, reports ...*judge.Report) {
	t.Helper()
	for _, r := range reports {
		for _, f := range r.Findings {
			if f.Have == f.Need && f.Have != "" {
				t.Errorf("%s: %s: it has what it needs, %q", file, f.Code, f.Have)
			}
			for name, text := range map[string]string{"have": f.Have, "need": f.Need, "why": f.Why} {
				if text != "" && strings.Trim(text, " ;,") == "" || text != strings.TrimSpace(text) && name == "why" {
					t.Errorf("%s: %s: %s says nothing: %q", file, f.Code, name, text)
				}
			}
			said := map[string]bool{}
			texts := []string{f.Title, f.Why}
			if f.Fix != nil {
				texts = append(texts, f.Fix.Summary)
			}
			for sentence := range strings.SplitSeq(strings.Join(texts, "; "), "; ") {
				if said[sentence] {
					t.Errorf("%s: %s: it says twice: %s", file, f.Code, sentence)
				}
				said[sentence] = true
			}
		}
	}
}
