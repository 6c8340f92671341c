package anonymize_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/anonymize"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

// FuzzSnapshot: whatever is damaged in a snapshot, anonymized it has the same verdicts for the same codes, and no name is left.
func FuzzSnapshot(f *testing.F) {
	pick := cases.NewPick(f)
	for i := range 40 {
		f.Add(pick.Sums[i*len(pick.Sums)/40], uint64(i))
	}
	f.Fuzz(func(t *testing.T, sum uint32, seed uint64) {
		name, file := pick.File(sum)
		text := cases.Damaged(t, file, seed)
		s, _, err := snapshot.Read(text)
		if err != nil {
			return // it is no snapshot any more
		}
		hidden, _ := anonymize.Snapshot(s, key)
		want, got := answers(s), answers(hidden)
		if len(want) != len(got) {
			t.Fatalf("%d reports, want %d", len(got), len(want))
		}
		for i := range want {
			if want[i] != got[i] {
				t.Errorf("%s: %s\nand anonymized\n%s", name, want[i], got[i])
			}
		}
		for _, left := range anonymize.Left(t, s, hidden) {
			t.Errorf("%s: %s", name, left)
		}
		if t.Failed() {
			t.Logf("%s", text)
		}
	})
}

// answers are the verdicts and the codes that lead to them.
func answers(s *snapshot.Snapshot) []string {
	own, _ := s.OfOneCluster()
	var all []string
	for _, report := range judge.DiagnoseAll(own, "", labels.Everything(), judge.Options{Bind: bind.Offers(), NoFixes: true}) {
		answer := string(report.Verdict)
		for _, o := range report.Checks {
			answer += " " + string(o.Code) + ":" + string(o.Result)
		}
		all = append(all, answer)
	}
	return all
}
