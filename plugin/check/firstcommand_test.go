package check_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

// TestFirstCommand holds, for every fix of every case, that its summary begins with what its first command does: the summary is
// read, and the command is copied.
func TestFirstCommand(t *testing.T) {
	held := 0
	for _, file := range cases.Files(t, cases.Folder+"/check", ".yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c cases.Case
		if yaml.Unmarshal(data, &c) != nil || c.Base == "" {
			continue
		}
		namespace, name, ok := strings.Cut(c.Target, "/")
		if !ok {
			namespace, name = "shop", "web-0"
		}
		s := cases.Patched(t, c.Base, c.Patch)
		pod, ok := s.Pod(namespace, name).Get()
		if !ok {
			continue
		}
		of := subject.New(s, pod, c.Manifest, subject.Options{SDKs: c.SDKs, ExpectRole: c.Expect})
		for _, one := range check.All() {
			plan := one.Run(of).Fix
			lines := change.Coordinates{}.Shell(plan)
			if len(lines) == 0 {
				continue
			}
			held++
			first := change.Coordinates{}.Shell(plan[:1])
			if len(first) == 0 || first[0] != lines[0] || !strings.HasPrefix(change.Summary(plan), plan[0].Summary()) || slices.Contains(lines[1:], first[0]) {
				t.Errorf("%s, %s: %q, and the first command is %q", file, one.Code, change.Summary(plan), lines[0])
			}
		}
	}
	if held < 100 {
		t.Errorf("only %d fixes have commands", held)
	}
}
