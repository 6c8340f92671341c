package judge_test

import (
	"os"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// TestDamagedSnapshots holds that whatever is missing from a snapshot, or empty, or another text, the answer
// gives its reasons: every check that is unknown or skipped says why, and a verdict that is
// undetermined is one because of a check.
func TestDamagedSnapshots(t *testing.T) {
	judged := 0
	for _, base := range []string{"irsa", "podidentity", "noderole"} {
		data, err := os.ReadFile("../../testdata/check/" + base + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(100) {
			s, _, err := snapshot.Read(cases.Damaged(t, data, seed))
			if err != nil {
				continue // it is no snapshot any more
			}
			report, err := judge.Diagnose(s, workload.Target{Kind: "Pod", Namespace: "shop", Name: "web-0"}, judge.Options{})
			if err != nil {
				continue // the pod is gone
			}
			judged++
			for _, complaint := range unreasoned(report) {
				t.Errorf("%s, seed %d: %s", base, seed, complaint)
			}
		}
	}
	if judged < 120 {
		t.Errorf("only %d of the damaged snapshots could be judged", judged)
	}
}

func unreasoned(report *judge.Report) []string {
	var complaints []string
	open := false
	for _, o := range report.Checks {
		c, _ := check.ByCode(o.Code)
		open = open || c.Class == check.Breaks && o.Result == check.Unknown || c.Gap && o.Result == check.Fail
		// This note reports what an SDK's own chain does with the rest.
		open = open || o.Code == "IRSA604" && o.Result != check.Pass
		if (o.Result == check.Skip || o.Result == check.Unknown && len(o.Gaps) == 0) && o.Why == "" {
			complaints = append(complaints, string(o.Code)+": "+string(o.Result)+" without a reason")
		}
		for _, g := range o.Gaps {
			if g.What == "" || g.Reason == "" {
				complaints = append(complaints, string(o.Code)+": a gap without what or why")
			}
		}
	}
	if report.Verdict == judge.Undetermined && !open {
		complaints = append(complaints, "undetermined without a reason")
	}
	return complaints
}
