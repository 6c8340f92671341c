package plugin_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// checkCase is a file of testdata/check/CODE: a healthy snapshot of the folder above, changed by a JSON
// patch (RFC 6902), and what the check of that code must then say.
type checkCase struct {
	About  string `json:"about"`
	Base   string `json:"base"`   // irsa, podidentity or noderole
	Target string `json:"target"` // NAMESPACE/POD; shop/web-0 if empty
	Expect string `json:"expectRole"`
	// Manifest takes the pod as one that is submitted: the webhook's part is predicted.
	Manifest bool            `json:"manifest"`
	SDKs     []sdk.Name      `json:"sdks"`
	Patch    json.RawMessage `json:"patch"`
	Want     struct {
		Result     check.Result  `json:"result"`
		Verdict    check.Verdict `json:"verdict"`
		Breaks     []string      `json:"breaks"` // all codes of that class that are found, for results other than fail
		Containers []string      `json:"containers"`
		Where      string        `json:"where"` // each where given: a part of the text
		Have       string        `json:"have"`
		Need       string        `json:"need"`
		Why        string        `json:"why"`
		Fix        string        `json:"fix"`    // a part of the summary or of a command
		Proved     *bool         `json:"proved"` // of the fix
		With       []string      `json:"with"`   // the findings that have to be mended with it
		// Provider is that of each container, Expected the answer to expectRole.
		Provider map[string]sdk.Provider `json:"provider"`
		Expected check.Assertion         `json:"expected"`
	} `json:"want"`
}

// TestChecks holds every check to its cases, and every check to having some: one that fires, one that
// passes or does not apply, one that is not known.
func TestChecks(t *testing.T) {
	folders, err := filepath.Glob("../testdata/check/IRSA*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if _, ok := check.ByCode(filepath.Base(folder)); !ok {
			t.Errorf("%s belongs to no check", folder)
		}
	}
	for _, c := range check.All() {
		t.Run(c.Code, func(t *testing.T) {
			files, err := filepath.Glob("../testdata/check/" + c.Code + "/*.yaml")
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
			for heading, text := range map[string]string{"means": c.Doc.Means, "example": c.Doc.Example, "mend": c.Doc.Mend, "sure": c.Doc.Sure} {
				if strings.TrimSpace(text) == "" {
					t.Errorf("its documentation has nothing under %q", heading)
				}
			}
		})
	}
}

func runCheckCase(t *testing.T, c check.Check, file string) check.Result {
	t.Helper()
	var cs checkCase
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(data, &cs); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	report := judgeCase(t, cs)
	var got check.CheckedOutcome
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
		wantBreaks = []string{c.Code}
	}
	var breaks []string
	for _, f := range report.Findings {
		if f.Class == check.Breaks {
			breaks = append(breaks, f.Code)
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
		if want.Proved != nil && (f.Fix == nil || f.Fix.Proved != *want.Proved || !slices.Equal(f.Fix.With, want.With)) {
			t.Errorf("%s: fix %+v, want proved %v with %v", file, f.Fix, *want.Proved, want.With)
		}
	}
	slices.Sort(breaks)
	slices.Sort(wantBreaks)
	if (want.Result == check.Fail || want.Breaks != nil) && !slices.Equal(breaks, wantBreaks) {
		t.Errorf("%s: it is broken by %v, want %v", file, breaks, wantBreaks)
	}
	return got.Result
}

func judgeCase(t *testing.T, cs checkCase) *check.Report {
	t.Helper()
	s := patched(t, cs.Base, cs.Patch)
	namespace, name, ok := strings.Cut(cs.Target, "/")
	if !ok {
		namespace, name = "shop", "web-0"
	}
	options := check.Options{ExpectRole: cs.Expect, SDKs: cs.SDKs}
	if cs.Manifest {
		pod, ok := s.Pod(namespace, name).Get()
		if !ok {
			t.Fatalf("no pod %s/%s", namespace, name)
		}
		return plugin.DiagnoseManifests(s, &plugin.Manifests{Objects: []snapshot.Object{pod}}, options)[0]
	}
	report, err := plugin.Diagnose(s, check.Target{Kind: "Pod", Namespace: namespace, Name: name}, options)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// patched returns a healthy snapshot with a JSON patch applied.
func patched(t *testing.T, base string, patch json.RawMessage) *snapshot.Snapshot {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../testdata/check", base+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.YAMLToJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(patch) > 0 && string(patch) != "null" {
		operations, err := jsonpatch.DecodePatch(patch)
		if err != nil {
			t.Fatal(err)
		}
		if text, err = operations.Apply(text); err != nil {
			t.Fatal(err)
		}
	}
	s, _, err := snapshot.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
