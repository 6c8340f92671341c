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

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// expectation is a line of testdata/cases/*.ndjson: what a snapshot in the same folder must give.
type expectation struct {
	Case, Target, Namespace string
	Verdict                 judge.Verdict
	Codes, Absent           []string
	Provider                map[string]string
	Proof                   string
}

// TestCases holds every case of the folder: a snapshot of a real failure, with the verdict, the codes that
// must be found and those that must not.
func TestCases(t *testing.T) {
	lists, err := filepath.Glob("../../testdata/cases/*.ndjson")
	if err != nil || len(lists) == 0 {
		t.Fatalf("no expectations: %v", err)
	}
	for _, list := range lists {
		data, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var want expectation
			if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
				t.Fatalf("%s: %v", list, err)
			}
			t.Run(want.Case, func(t *testing.T) { want.check(t) })
		}
	}
}

func (want expectation) check(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("../../testdata/cases", want.Case+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := snapshot.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(want.Target, "pod/")
	report, err := judge.Diagnose(s, workload.Target{Kind: "Pod", Namespace: want.Namespace, Name: name}, judge.Options{})
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
		if !slices.Contains(want.Codes, code) {
			t.Errorf("%s is found to break it, and is not expected", code)
		}
	}
	for _, c := range report.Containers {
		if p, ok := want.Provider[c.Name]; ok && string(c.Identity.Provider) != p {
			t.Errorf("container %s: provider %s, want %s", c.Name, c.Identity.Provider, p)
		}
	}
	if t.Failed() {
		text, _ := json.MarshalIndent(report, "", " ")
		t.Logf("%s", text)
	}
}
