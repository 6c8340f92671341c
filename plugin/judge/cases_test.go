package judge_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// expectation is a line of an *.ndjson file in testdata/cases or a folder below it: what a snapshot in the same folder must
// give.
type expectation struct {
	Case, Target, Namespace string
	Verdict                 judge.Verdict
	Codes, Absent           []string          // of findings
	Provider                map[string]string // by container
	Commands, NotCommands   []string          // texts that some command, or none, must hold
	Mentions                []string          // texts that the answer for people must hold, white space folded
	Proved                  bool              // whether some fix must be proved
	SDKs                    []sdk.Name
	ExpectRole              string
	Proof                   string // why it must be so
	Source                  string // the public report that the state is taken from; names and numbers are replaced
}

// TestCases holds every case: a snapshot of a real failure, with the verdict, the codes that must be found and those that must
// not, and what the answer must hold.
func TestCases(t *testing.T) {
	held := map[string]bool{}
	for _, list := range cases.Files(t, "../../testdata/cases", ".ndjson") {
		data, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var want expectation
			decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&want); err != nil {
				t.Fatalf("%s: %v", list, err)
			}
			file := filepath.Join(filepath.Dir(list), want.Case+".yaml")
			held[file] = true
			t.Run(want.Case, func(t *testing.T) { want.check(t, file) })
		}
	}
	for _, file := range cases.Files(t, "../../testdata/cases", ".yaml") {
		if !held[file] {
			t.Errorf("nothing says what %s must give", file)
		}
	}
}

func (want expectation) check(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	read, _, err := snapshot.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := read.OfOneCluster()
	typed, name, _ := strings.Cut(want.Target, "/")
	kind, ok := workload.KindNamed(typed)
	if !ok {
		t.Fatalf("target %q is not TYPE/NAME", want.Target)
	}
	report, err := judge.Diagnose(s, workload.Target{Kind: kind.Name, Namespace: want.Namespace, Name: name},
		judge.Options{Options: subject.Options{SDKs: want.SDKs, ExpectRole: want.ExpectRole}, Bind: bind.Offers()})
	if err != nil {
		t.Fatal(err)
	}
	var found, breaks []string
	for _, f := range report.Findings {
		found = append(found, string(f.Code))
		if f.Class == check.Breaks {
			breaks = append(breaks, string(f.Code))
		}
	}
	if report.Verdict != want.Verdict {
		t.Errorf("verdict %s, want %s (%s)", report.Verdict, want.Verdict, want.Proof)
	}
	for _, code := range want.Codes {
		if !slices.Contains(found, code) {
			t.Errorf("%s is not among the findings %v", code, found)
		}
	}
	for _, code := range want.Absent {
		if slices.Contains(found, code) {
			t.Errorf("%s is among the findings", code)
		}
	}
	for _, code := range breaks {
		if len(want.Codes) > 0 && !slices.Contains(want.Codes, code) {
			t.Errorf("%s is found to break it, and is not expected", code)
		}
	}
	for _, c := range report.Containers {
		if p, ok := want.Provider[c.Name]; ok && string(c.Identity.Provider) != p {
			t.Errorf("container %s: provider %s, want %s", c.Name, c.Identity.Provider, p)
		}
	}
	want.checkFixes(t, report)
	text := folded(render.Explain([]*judge.Report{report}, render.Style{}) + render.Explain([]*judge.Report{report}, render.Style{Wide: true}))
	for _, mention := range want.Mentions {
		if !strings.Contains(text, folded(mention)) {
			t.Errorf("the answer does not mention %q:\n%s", mention, text)
		}
	}
	if t.Failed() {
		text, _ := json.MarshalIndent(report, "", " ")
		t.Logf("%s", text)
	}
}

// checkFixes holds what the commands of the fixes must hold and must not.
func (want expectation) checkFixes(t *testing.T, r *judge.Report) {
	var commands []string
	proved := false
	for _, f := range r.Findings {
		if f.Fix != nil {
			commands, proved = append(commands, f.Fix.Commands...), proved || f.Fix.Proved
		}
	}
	all := strings.Join(commands, "\n")
	for _, part := range want.Commands {
		if !strings.Contains(all, part) {
			t.Errorf("no command holds %q:\n%s", part, all)
		}
	}
	for _, part := range want.NotCommands {
		if strings.Contains(all, part) {
			t.Errorf("a command holds %q:\n%s", part, all)
		}
	}
	if want.Proved && !proved {
		t.Error("no fix is proved")
	}
}

// folded is a text in lower case, since a sentence may begin with any word, and with each stretch of white space as one blank.
func folded(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }
