package bind_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A planCase is a file of testdata/bind: a snapshot that works, changed by a JSON patch (RFC 6902), a request, and
// what the plan must be.
type planCase[R any] struct {
	About   string          `json:"about"`
	Base    string          `json:"base"` // irsa or podidentity
	Patch   json.RawMessage `json:"patch"`
	Request R               `json:"request"`
	Want    wanted          `json:"want"`
}

// wanted says what the plan must be: each text is a part of the real one, each list as long as the real one.
type wanted struct {
	Refusal   string        `json:"refusal"`
	Steps     []string      `json:"steps"`
	Later     []string      `json:"later"`
	Warnings  []string      `json:"warnings"`
	Stays     []string      `json:"stays"` // of a plan to unbind, where given
	Source    string        `json:"source"`
	Verdict   judge.Verdict `json:"verdict"` // empty: works
	Remaining []string      `json:"remaining"`
	Diff      []string      `json:"diff"` // lines of the plan's text
	// Unsettled says that planning again after the plan gives another plan.
	Unsettled bool `json:"unsettled"`
	// Again is the refusal where a plan to unbind is made again after it.
	Again string `json:"again"`
}

func readCase[R any](t *testing.T, file string) (planCase[R], *snapshot.Snapshot) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c planCase[R]
	if err := yaml.UnmarshalStrict(data, &c); err != nil {
		t.Fatal(err)
	}
	base, err := os.ReadFile("../../testdata/check/" + c.Base + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := yaml.YAMLToJSON(base)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Patch) > 0 {
		patch, err := jsonpatch.DecodePatch(c.Patch)
		if err != nil {
			t.Fatal(err)
		}
		if document, err = patch.Apply(document); err != nil {
			t.Fatal(err)
		}
	}
	s, warnings, err := snapshot.Read(document)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("snapshot: %v, %v", warnings, err)
	}
	return c, s
}

func eachCase(t *testing.T, folder string, run func(t *testing.T, file string)) {
	t.Helper()
	files, err := filepath.Glob("../../testdata/bind/" + folder + "/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) { run(t, file) })
	}
}

func TestBind(t *testing.T) {
	eachCase(t, "bind", func(t *testing.T, file string) {
		c, s := readCase[bind.Request](t, file)
		plan, err := bind.New(s, c.Request)
		if !c.Want.check(t, s, plan, err) {
			return
		}
		if verdict := c.Want.Verdict; plan.Proof.Verdict != verdict && (verdict != "" || plan.Proof.Verdict != judge.Works) {
			t.Errorf("verdict %q, want %q; remaining %v, unknown %v", plan.Proof.Verdict, verdict, plan.Proof.Remaining, plan.Proof.Unknown)
		}
		parts(t, "remaining", plan.Proof.Remaining, c.Want.Remaining)
		again, err := bind.New(applied(t, s, plan), c.Request)
		if err != nil {
			t.Fatalf("plan again: %v", err)
		}
		if settled := len(again.Steps) == 0; settled == c.Want.Unsettled {
			t.Errorf("after the plan there are the steps %v", summaries(again))
		}
	})
}

func TestUnbind(t *testing.T) {
	eachCase(t, "unbind", func(t *testing.T, file string) {
		c, s := readCase[bind.UnbindRequest](t, file)
		plan, err := bind.NewUnbind(s, c.Request)
		if !c.Want.check(t, s, plan, err) {
			return
		}
		c.Request.RoleARN = plan.RoleARN // nothing names it any more
		if plan.RoleARN == "" {
			return
		}
		again, err := bind.NewUnbind(applied(t, s, plan), c.Request)
		if err != nil {
			if c.Want.Again == "" || !strings.Contains(err.Error(), c.Want.Again) {
				t.Errorf("plan again: %v, want %q", err, c.Want.Again)
			}
			return
		}
		if len(again.Steps) != 0 {
			t.Errorf("after the plan there are the steps %v", summaries(again))
		}
	})
}

// TestThereAndBack holds that unbind takes back exactly what bind did.
func TestThereAndBack(t *testing.T) {
	eachCase(t, "bind", func(t *testing.T, file string) {
		c, s := readCase[bind.Request](t, file)
		plan, err := bind.New(s, c.Request)
		if err != nil || c.Request.Migrate || len(plan.Steps) == 0 || c.Request.AllowPattern {
			return
		}
		before := map[string]snapshot.PolicyDocument{}
		for _, role := range s.SeenRoles() {
			before[role.Arn] = role.AssumeRolePolicyDocument
		}
		after := applied(t, s, plan)
		back, err := bind.NewUnbind(after, bind.UnbindRequest{
			Namespace: c.Request.Namespace, ServiceAccount: c.Request.ServiceAccount, RoleARN: c.Request.RoleARN, ForceConflicts: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		granted := false
		for _, step := range plan.Steps {
			_, ok := step.Change.(change.Grant)
			granted = granted || ok
			if ok && strings.Contains(step.Change.Summary(), "replace the p") {
				return // what allowed nobody before stays corrected
			}
		}
		if !granted {
			return // the role trusted the service account before
		}
		for _, role := range applied(t, after, back).SeenRoles() {
			if document, ok := before[role.Arn]; ok && document != role.AssumeRolePolicyDocument {
				t.Errorf("%s: the trust policy is\n%s\nand was\n%s", role.Arn, role.AssumeRolePolicyDocument, document)
			}
		}
	})
}

// check compares; it returns false where there is no plan to look at any further.
func (w wanted) check(t *testing.T, s *snapshot.Snapshot, plan *bind.Plan, err error) bool {
	t.Helper()
	var refusal *bind.Refusal
	switch {
	case w.Refusal != "" && errors.As(err, &refusal):
		if !strings.Contains(err.Error(), w.Refusal) {
			t.Errorf("refused because\n%s\nwant\n%s", err, w.Refusal)
		}
		return false
	case err != nil || w.Refusal != "":
		t.Fatalf("error %v, want %q", err, w.Refusal)
	}
	parts(t, "steps", summaries(plan), w.Steps)
	var later []string
	for _, c := range plan.Later {
		later = append(later, c.Summary())
	}
	parts(t, "later", later, w.Later)
	var warnings []string
	for _, warning := range plan.Warnings {
		warnings = append(warnings, warning.String())
	}
	parts(t, "warnings", warnings, w.Warnings)
	if w.Stays != nil {
		parts(t, "stays", plan.Stays, w.Stays)
	}
	if !strings.Contains(plan.Source, w.Source) || w.Source == "" && plan.Source != "" {
		t.Errorf("source %q, want %q", plan.Source, w.Source)
	}
	text := render.Plan(plan, s, render.Style{Wide: true})
	for _, line := range w.Diff {
		if !strings.Contains(text, line) {
			t.Errorf("the plan's text has no %q:\n%s", line, text)
		}
	}
	return true
}

func summaries(plan *bind.Plan) []string {
	var list []string
	for _, step := range plan.Steps {
		list = append(list, step.Change.Summary())
	}
	return list
}

func parts(t *testing.T, what string, have, want []string) {
	t.Helper()
	if len(have) != len(want) {
		t.Errorf("%s: %q, want %q", what, have, want)
		return
	}
	for i := range have {
		if !strings.Contains(have[i], want[i]) {
			t.Errorf("%s: %q, want %q", what, have[i], want[i])
		}
	}
}

// applied is the snapshot after the plan and the restarts that it leaves to the user.
func applied(t *testing.T, s *snapshot.Snapshot, plan *bind.Plan) *snapshot.Snapshot {
	t.Helper()
	after, ok := change.Apply(s, append(plan.Changes(), plan.Later...))
	if !ok {
		t.Fatal("the plan cannot be foreseen")
	}
	return after
}

// TestOffer holds when explain may say that one command fixes all.
func TestOffer(t *testing.T) {
	for name, want := range map[string]string{
		"half-done-injected": "kubectl irsa bind shop/web arn:aws:iam::111122223333:role/web",
		"client-id":          "kubectl irsa bind shop/web arn:aws:iam::111122223333:role/web",
		"half-done":          "kubectl irsa bind shop/web arn:aws:iam::111122223333:role/web --restart", // found by the trust policy
		"nothing-to-change":  "",
		"also-broken":        "", // not by bind
		"denied":             "", // refused
		"helm":               "", // left to Helm
		"bare-pod":           "", // not to be restarted by a command
		"no-role":            "kubectl irsa bind shop/web arn:aws:iam::111122223333:role/web --create-role",
	} {
		t.Run(name, func(t *testing.T) {
			_, s := readCase[bind.Request](t, "../../testdata/bind/bind/"+name+".yaml")
			argv, _, ok := bind.Offer(s, "shop", "web", "")
			if command := strings.Join(argv, " "); command != want || ok != (want != "") {
				t.Errorf("offered %q, %v, want %q", command, ok, want)
			}
		})
	}
}
