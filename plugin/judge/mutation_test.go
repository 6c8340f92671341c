package judge_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// TestMutations holds that each single thing that goes wrong with a healthy pod is reported by its own code,
// and that no other code is reported as well.
func TestMutations(t *testing.T) {
	data, err := os.ReadFile("../../testdata/check/mutations.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	count := 0
	for lines.Scan() {
		var m struct {
			Name, Base string
			Code       check.Code
			Patch      json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		count++
		t.Run(m.Name, func(t *testing.T) {
			s := cases.Patched(t, m.Base, m.Patch)
			r, err := judge.Diagnose(s, workload.Target{Kind: "Pod", Namespace: "shop", Name: "web-0"}, judge.Options{})
			if err != nil {
				t.Fatal(err)
			}
			want := judge.Works
			if c, _ := check.ByCode(m.Code); c.Class == check.Breaks {
				want = judge.Broken
			}
			found := false
			for _, f := range r.Findings {
				found = found || f.Code == m.Code
				if f.Class == check.Breaks && f.Code != m.Code {
					t.Errorf("it is broken by %s: %s, %s", f.Code, f.Title, f.Have)
				}
			}
			if !found || r.Verdict != want {
				t.Errorf("%s, %s found: %v; want %s; not known: %v", r.Verdict, m.Code, found, want, r.Unknown)
			}
		})
	}
	if count < 40 {
		t.Errorf("there are %d mutations, want at least 40", count)
	}
}
