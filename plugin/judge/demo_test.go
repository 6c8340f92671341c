package judge_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/demo"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// TestDemo holds that the demo shows what it is there to show.
func TestDemo(t *testing.T) {
	s, warnings, err := snapshot.Read(demo.Snapshot)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	codes := map[string]bool{}
	stories := map[workload.Target]bool{}
	for _, r := range judge.DiagnoseAll(s, "", labels.Everything(), judge.Options{}) {
		stories[r.Target] = true
		var found []string
		for _, f := range r.Findings {
			codes[string(f.Code)] = true
			found = append(found, string(f.Code))
		}
		t.Logf("%-13s %-45s %v", r.Verdict, r.Target.Namespace+"/"+r.Target.Name, found)
	}
	if len(stories) < 12 || len(codes) < 25 {
		t.Errorf("%d stories with %d codes %v, want at least 12 and 25", len(stories), len(codes), codes)
	}
}
