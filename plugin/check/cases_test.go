package check_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// TestChecks holds every check to its cases, and every check to having some: one that fires, one that
// passes or is skipped, one that is unknown.
func TestChecks(t *testing.T) {
	folders, err := filepath.Glob(cases.Folder + "/check/IRSA*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if _, ok := check.ByCode(check.Code(filepath.Base(folder))); !ok {
			t.Errorf("%s belongs to no check", folder)
		}
	}
	for _, c := range check.All() {
		t.Run(string(c.Code), func(t *testing.T) {
			files, err := filepath.Glob(cases.Folder + "/check/" + string(c.Code) + "/*.yaml")
			if err != nil {
				t.Fatal(err)
			}
			seen := map[check.Result]bool{}
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
					seen[runCheckCase(t, c, file)] = true
				})
			}
			if !seen[check.Fail] || !seen[check.Pass] && !seen[check.Skip] || !seen[check.Unknown] && c.NeverUnknown == "" {
				t.Errorf("a case is missing of: fires, passes, unknown; there are %v", seen)
			}
			if seen[check.Unknown] && c.NeverUnknown != "" {
				t.Errorf("it is said to be never unknown (%s), and is", c.NeverUnknown)
			}
			for heading, text := range map[string]string{"means": c.Doc.Means, "example": c.Doc.Example, "fix": c.Doc.Fix, "verify": c.Doc.Verify} {
				if strings.TrimSpace(text) == "" {
					t.Errorf("its documentation has nothing under %q", heading)
				}
			}
		})
	}
}

func runCheckCase(t *testing.T, c check.Check, file string) check.Result {
	t.Helper()
	var cs cases.Case
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(data, &cs); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	report := judgeCase(t, cs)
	var got judge.CheckedOutcome
	for _, o := range report.Checks {
		if o.Code == c.Code {
			got = o
		}
	}
	want := cs.Want
	if got.Result != want.Result {
		t.Errorf("%s: result %s %s %v, want %s", file, got.Result, got.Why, got.Gaps, want.Result)
	}
	if want.Verdict != "" && report.Verdict != want.Verdict {
		t.Errorf("%s: verdict %s, want %s", file, report.Verdict, want.Verdict)
	}
	for _, c := range report.Containers {
		if p, ok := want.Provider[c.Name]; ok && c.Identity.Provider != p {
			t.Errorf("%s: container %s: provider %s, want %s", file, c.Name, c.Identity.Provider, p)
		}
	}
	if want.Expected != "" && (report.Expected == nil || report.Expected.Result != want.Expected) {
		t.Errorf("%s: expected %+v, want %s", file, report.Expected, want.Expected)
	}
	wantBreaks := want.Breaks
	if want.Result == check.Fail && c.Class == check.Breaks && wantBreaks == nil {
		wantBreaks = []string{string(c.Code)}
	}
	var breaks, behind []string
	for _, f := range report.Findings {
		if len(f.After) > 0 {
			behind = append(behind, string(f.Code))
			continue
		}
		if f.Class == check.Breaks {
			breaks = append(breaks, string(f.Code))
		}
		if f.Code != c.Code {
			continue
		}
		for _, part := range []struct{ name, have, want string }{
			{"where", f.Where, want.Where}, {"have", f.Have, want.Have}, {"need", f.Need, want.Need}, {"why", f.Why, want.Why},
		} {
			if !strings.Contains(part.have, part.want) {
				t.Errorf("%s: %s %q lacks %q", file, part.name, part.have, part.want)
			}
		}
		if want.Containers != nil && !slices.Equal(f.Containers, want.Containers) {
			t.Errorf("%s: containers %v, want %v", file, f.Containers, want.Containers)
		}
		if fix := f.Fix; want.Fix != "" && (fix == nil || !strings.Contains(fix.Summary+"\n"+strings.Join(fix.Commands, "\n"), want.Fix)) {
			t.Errorf("%s: fix %+v lacks %q", file, fix, want.Fix)
		}
		checkFix(t, file, f.Fix, want.RestsOn, want.Then, want.NotFix, want.Advice)
		if want.Proved != nil && (f.Fix == nil || f.Fix.Proved != *want.Proved || !slices.Equal(f.Fix.With, want.With)) {
			t.Errorf("%s: fix %+v, want proved %v with %v", file, f.Fix, *want.Proved, want.With)
		}
	}
	if want.Behind != nil && !slices.Equal(behind, want.Behind) {
		t.Errorf("%s: behind it are %v, want %v", file, behind, want.Behind)
	}
	slices.Sort(breaks)
	slices.Sort(wantBreaks)
	if (want.Result == check.Fail || want.Breaks != nil) && !slices.Equal(breaks, wantBreaks) {
		t.Errorf("%s: it is broken by %v, want %v", file, breaks, wantBreaks)
	}
	return got.Result
}

// checkFix holds what a fix says beside its commands: what its proof rests on, and what is left to do.
func checkFix(t *testing.T, file string, fix *judge.Fix, restsOn, then, notFix, advice string) {
	t.Helper()
	if fix == nil {
		fix = &judge.Fix{}
	}
	if !strings.Contains(strings.Join(fix.RestsOn, "\n"), restsOn) {
		t.Errorf("%s: the fix rests on %q, which lacks %q", file, fix.RestsOn, restsOn)
	}
	if !strings.Contains(fix.Then, then) {
		t.Errorf("%s: what is left to do, %q, lacks %q", file, fix.Then, then)
	}
	if notFix != "" && strings.Contains(fix.Summary+"\n"+strings.Join(fix.Commands, "\n"), notFix) {
		t.Errorf("%s: fix %+v holds %q", file, fix, notFix)
	}
	if advice != "" && (len(fix.Commands) > 0 || !strings.Contains(fix.Summary, advice)) {
		t.Errorf("%s: fix %+v is not the advice %q", file, fix, advice)
	}
}

func judgeCase(t *testing.T, cs cases.Case) *judge.Report {
	t.Helper()
	s := cases.Patched(t, cs.Base, cs.Patch)
	namespace, name, ok := strings.Cut(cs.Target, "/")
	if !ok {
		namespace, name = "shop", "web-0"
	}
	options := judge.Options{Options: subject.Options{ExpectRole: cs.Expect, SDKs: cs.SDKs}, Bind: bind.Offers()}
	if cs.Manifest {
		pod, ok := s.Pod(namespace, name).Get()
		if !ok {
			t.Fatalf("no pod %s/%s", namespace, name)
		}
		return judge.DiagnoseManifests(s, &manifest.Manifests{Objects: []snapshot.Object{pod}}, options)[0]
	}
	report, err := judge.Diagnose(s, workload.Target{Kind: "Pod", Namespace: namespace, Name: name}, options)
	if err != nil {
		t.Fatal(err)
	}
	return report
}
