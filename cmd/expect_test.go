package cmd

import (
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

func TestAssertion(t *testing.T) {
	for _, test := range []struct {
		name    string
		results []judge.Assertion
		want    int
	}{
		{"no target", nil, 0},
		{"yes", []judge.Assertion{judge.AssertedYes, judge.AssertedYes}, 0},
		{"no", []judge.Assertion{judge.AssertedNo}, 2},
		{"unknown", []judge.Assertion{judge.AssertedYes, judge.AssertedUnknown}, 3},
		{"no and unknown", []judge.Assertion{judge.AssertedUnknown, judge.AssertedNo, judge.AssertedYes}, 2},
		{"a result of a later version", []judge.Assertion{"somethingNew"}, 3},
	} {
		var reports []*judge.Report
		for _, result := range test.results {
			reports = append(reports, &judge.Report{Expected: &judge.Expectation{Result: result}})
		}
		if got := assertion(reports); got != test.want {
			t.Errorf("%s: exit code %d, want %d", test.name, got, test.want)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for verdict, want := range map[judge.Verdict]int{
		judge.Works: 0, judge.NotConfigured: 0, judge.Broken: 2, judge.Undetermined: 3, "somethingNew": 3,
	} {
		if got := exitOf(verdict); got != want {
			t.Errorf("%s: exit code %d, want %d", verdict, got, want)
		}
	}
}
