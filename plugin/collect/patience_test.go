package collect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

func (w *world) reports(s *snapshot.Snapshot) []*judge.Report {
	return judge.DiagnoseAll(s, w.namespace, labels.Everything(), judge.Options{NoFixes: true})
}

// untilDecided answers a request as the commands do, which give up what decides no verdict.
func (w *world) untilDecided(t *testing.T, r collect.Request, timeout time.Duration) *snapshot.Snapshot {
	t.Helper()
	r.Decided = func(s *snapshot.Snapshot) bool {
		return !slices.ContainsFunc(w.reports(s), func(r *judge.Report) bool { return r.RestsOn(collect.StillRead) })
	}
	s, err := collect.Collect(t.Context(), w.reader, accountReader(t, aws.Options{Timeout: timeout}), r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestHanging lets one call in turn never answer. One that decides nothing is given up soon after all else has been answered, and
// is unknown; one that decides is waited for.
func TestHanging(t *testing.T) {
	const timeout = 5 * time.Second
	w := newWorld(t)
	for _, test := range []struct {
		call    string
		path    string // of a call to the API server
		target  string // empty: the namespace
		gap     string // among what is unknown; empty where it makes no difference to know it
		verdict judge.Verdict
	}{
		{call: "ec2:DescribeInstances", target: "Pod/web-0", gap: "ec2:DescribeInstances", verdict: judge.Works},
		{call: "ec2:DescribeInstances", gap: "ec2:DescribeInstances", verdict: judge.Works},
		{call: "iam:GetInstanceProfile", target: "Pod/web-0", verdict: judge.Works},
		{call: "kubernetes:list", path: "/networkpolicies", target: "Pod/web-0", gap: "networkpolicies", verdict: judge.Works},
		{call: "iam:GetRole", target: "Pod/web-0", gap: "iam:GetRole", verdict: judge.Undetermined},
		{call: "eks:ListPodIdentityAssociations", gap: "eks:ListPodIdentityAssociations", verdict: judge.Undetermined},
	} {
		t.Run(test.call+" "+test.target, func(t *testing.T) {
			fault := testbed.Fault{On: test.call, Effect: testbed.Hung(), Match: func(c testbed.Call) bool { return strings.Contains(c.Path, test.path) }}
			w.aws.Inject(fault)
			w.proxy.Inject(fault)
			defer w.aws.Heal()
			defer w.proxy.Heal()
			request := w.request()
			if test.target != "" {
				request = w.request(test.target)
			}
			start := time.Now()
			reports := w.reports(w.untilDecided(t, request, timeout))
			took := time.Since(start)
			if len(reports) != 1 || reports[0].Verdict != test.verdict || (took < timeout) != (test.verdict == judge.Works) {
				t.Fatalf("%+v after %v; want %s", reports, took, test.verdict)
			}
			found := test.gap == ""
			for _, gap := range reports[0].Unknown {
				found = found || strings.Contains(gap.What, test.gap)
				if !strings.HasPrefix(gap.Reason, "no answer in time") {
					t.Errorf("%s is unknown: %s", gap.What, gap.Reason)
				}
			}
			if !found {
				t.Errorf("%s is not among what is unknown: %v", test.gap, reports[0].Unknown)
			}
		})
	}
}

// TestSlow holds that nothing is given up of servers that answer late: what is called and what is read is the same.
func TestSlow(t *testing.T) {
	w := newWorld(t)
	for _, request := range []collect.Request{w.request("Pod/web-0"), w.request()} {
		w.forget()
		want, err := w.collect(t, request).YAML()
		if err != nil {
			t.Fatal(err)
		}
		calls := w.names()
		w.forget()
		w.proxy.SetLatency(1500 * time.Millisecond)
		w.aws.SetLatency(1500 * time.Millisecond)
		got, err := w.untilDecided(t, request, 0).YAML()
		w.proxy.SetLatency(0)
		w.aws.SetLatency(0)
		if err != nil || string(got) != string(want) {
			t.Errorf("%v: read slowly, it is\n%s\ninstead of\n%s", err, got, want)
		}
		slow := w.names()
		slices.Sort(calls)
		slices.Sort(slow)
		if !slices.Equal(slow, calls) {
			t.Errorf("the calls are\n%v\ninstead of\n%v", slow, calls)
		}
	}
}
