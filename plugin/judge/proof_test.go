package judge_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

// unproved are the findings whose fix cannot be proved, by case and code, with the reason.
var unproved = map[string]string{
	"check/IRSA601/injected-account-refused IRSA601":       "what the service account binds could not be read",
	"check/IRSA201/registration-not-readable IRSA201":      whetherInjected,
	"check/IRSA202/refused IRSA217":                        whetherInjected,
	"check/IRSA202/refused-by-name IRSA217":                whetherInjected,
	"check/IRSA301/and-no-provider IRSA501":                otherUnmended,
	"check/IRSA501/and-unmendable IRSA501":                 otherUnmended,
	"check/IRSA206/new-role-missing IRSA206":               "the annotated role does not exist, and which one is meant is not known",
	"check/IRSA214/match-conditions IRSA217":               whetherInjected,
	"check/IRSA214/namespace-not-there IRSA217":            whetherInjected,
	"check/IRSA214/namespace-refused IRSA217":              whetherInjected,
	"check/IRSA214/opted-out-registration-refused IRSA214": whetherInjected,
	"check/IRSA214/shortened IRSA217":                      whetherInjected,
	"check/IRSA217/registration-refused IRSA217":           whetherInjected,
	"check/IRSA302/called-elsewhere IRSA616":               roleNotRead,
	"check/IRSA616/china IRSA616":                          roleNotRead,
	"check/IRSA616/sovereign IRSA616":                      roleNotRead,
	"check/IRSA617/condition IRSA617":                      "the trust policy tests the name of the session, and which one it is to be is not known",
	"check/IRSA617/role-not-readable IRSA617":              roleNotRead,
	"cases/v7-other-partition-unreadable IRSA616":          roleNotRead,
	"check/IRSA610/unreachable IRSA613":                    "the node has no role either, and which one it is to have is not known",
	"cases/pi-target-role-external-id IRSA704":             "whether the association's role may assume the target role is not read, and with session tags it is not documented whether EKS sends the external ID",
	"check/IRSA709/ipv6 IRSA709":                           "SDKs differ in whether they accept the address of the agent",
	"check/IRSA704/no-agent IRSA703":                       "the trust policy is broken too, and is told once the agent is there",
}

// otherUnmended is the reason where another finding's fix is for a person to decide.
const otherUnmended = "another finding of the pod has no fix that can be computed"

// roleNotRead is the reason where what the role's trust policy allows is not known.
const roleNotRead = "the role was not read"

// whetherInjected is the reason where what would have to be known was refused.
const whetherInjected = "whether the webhook injects a new pod is not known"

// TestProofs holds that the fixes that are offered were tried: nearly every one of them, applied to the
// snapshot of its case, ends in an answer that works.
func TestProofs(t *testing.T) {
	offered, proved := 0, 0
	var without []string
	each := func(name string, r *judge.Report) {
		for _, f := range r.Findings {
			if f.Class != check.Breaks || f.Fix == nil || len(f.Fix.Commands) == 0 {
				continue
			}
			if f.Fix.Then != "" { // the commands are not all that it takes, and it says what is missing
				if f.Fix.Proved {
					t.Errorf("%s %s: proved, though more is left to do: %s", name, f.Code, f.Fix.Then)
				}
				continue
			}
			offered++
			if f.Fix.Proved {
				proved++
				continue
			}
			if key := name + " " + string(f.Code); unproved[key] == "" {
				without = append(without, key+": "+f.Fix.Summary)
			}
		}
	}
	for name, s := range brokenSnapshots(t) {
		for _, r := range judge.DiagnoseAll(s, "", labels.Everything(), judge.Options{}) {
			each(name, r)
		}
	}
	share := float64(proved) / float64(offered)
	fmt.Printf("fixes offered: %d, proved: %d (%.1f %%)\n", offered, proved, 100*share)
	if share < 0.9 {
		t.Errorf("%.1f %% of the fixes are proved, want at least 90 %%", 100*share)
	}
	slices.Sort(without)
	for _, w := range without {
		t.Errorf("not proved, and no reason is given: %s", w)
	}
}

// brokenSnapshots returns the snapshots of all cases, by name.
func brokenSnapshots(t *testing.T) map[string]*snapshot.Snapshot {
	t.Helper()
	snapshots := map[string]*snapshot.Snapshot{}
	for _, file := range cases.Files(t, "../../testdata/cases", ".yaml") {
		snapshots["cases/"+strings.TrimSuffix(filepath.Base(file), ".yaml")], _ = cases.Snapshot(t, file).OfOneCluster()
	}
	files, err := filepath.Glob("../../testdata/check/IRSA*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c cases.Case
		if err := yaml.Unmarshal(data, &c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if c.Base != "" && !c.Manifest {
			snapshots[strings.TrimSuffix(strings.TrimPrefix(file, cases.Folder+"/"), ".yaml")] = cases.Patched(t, c.Base, c.Patch)
		}
	}
	data, err := os.ReadFile("../../testdata/check/mutations.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		var m struct {
			Name, Base string
			Patch      json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		snapshots["mutations/"+m.Name] = cases.Patched(t, m.Base, m.Patch)
	}
	return snapshots
}
