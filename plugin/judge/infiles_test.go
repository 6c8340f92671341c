package judge_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

const misspelledAccount = `---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: api
  namespace: shop
  annotations:
    eks.amazonaws.com/roleArn: arn:aws:iam::111122223333:role/web
`

// TestEditsOfFiles holds that what comes from a file is fixed in the file, by its line, and the rest by commands.
func TestEditsOfFiles(t *testing.T) {
	ofAPI := strings.Replace(deployment, "serviceAccountName: web", "serviceAccountName: api", 1)
	keys := strings.Replace(deployment, "env: [", "env: [{name: AWS_ACCESS_KEY_ID, value: AKIAIOSFODNN7EXAMPLE}, {name: AWS_SECRET_ACCESS_KEY, value: x}, ", 1)
	for _, c := range []struct {
		name, file, code string
		edit             judge.Edit // none where a command makes the change
		command          string
	}{
		{"a key is renamed", ofAPI + misspelledAccount, "IRSA107", judge.Edit{
			File: "f.yaml", Line: 19, Do: "rename annotation eks.amazonaws.com/roleArn to eks.amazonaws.com/role-arn",
		}, ""},
		{"a variable is removed", keys, "IRSA601", judge.Edit{
			File: "f.yaml", Line: 11, Do: "remove AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from container app",
		}, ""},
	} {
		var m manifest.Manifests
		m.Add("f.yaml", []byte(c.file), "default")
		r := judge.DiagnoseManifests(cases.Patched(t, "irsa", nil), &m, judge.Options{})[0]
		for _, f := range r.Findings {
			if string(f.Code) != c.code {
				continue
			}
			if !slices.Equal(f.Fix.Edits, []judge.Edit{c.edit}) {
				t.Errorf("%s: edits %+v, want %+v", c.name, f.Fix.Edits, c.edit)
			}
			if got := strings.Join(f.Fix.Commands, "\n"); got != c.command {
				t.Errorf("%s: commands %q, want %q", c.name, got, c.command)
			}
		}
		if c.code != "" && !hasFinding(r, c.code) {
			t.Errorf("%s: %s is not among %v", c.name, c.code, r.Findings)
		}
	}
}
