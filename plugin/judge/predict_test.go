package judge_test

import (
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers: [{name: app, image: web, env: [{name: PASSWORD, value: s3cret}]}]
`

// TestDiagnoseManifests holds that a manifest is answered as its pod would be.
func TestDiagnoseManifests(t *testing.T) {
	for _, c := range []struct {
		name, file string
		verdict    judge.Verdict
		code       string
	}{
		{"bound", deployment, judge.Works, ""},
		{"another namespace than the trust's", strings.Replace(deployment, "namespace: shop", "namespace: store", 1) +
			"---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: store, annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/web'}}\n", judge.Broken, "IRSA402"},
		{"annotation on the template", strings.Replace(strings.Replace(deployment, "metadata: {labels: {app: web}}",
			"metadata: {annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/web'}}", 1), "serviceAccountName: web", "serviceAccountName: plain", 1) +
			"---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: plain, namespace: shop}\n", judge.Broken, "IRSA104"},
		{"no service account", strings.Replace(deployment, "serviceAccountName: web", "serviceAccountName: ghost", 1), judge.Broken, "IRSA101"},
		{"no service account, by the field's older name", strings.Replace(deployment, "serviceAccountName: web", "serviceAccount: ghost", 1), judge.Broken, "IRSA101"},
	} {
		var m manifest.Manifests
		m.Add("f.yaml", []byte(c.file), "default")
		reports := judge.DiagnoseManifests(cases.Patched(t, "irsa", nil), &m, judge.Options{})
		if len(reports) != 1 {
			t.Fatalf("%s: %d reports", c.name, len(reports))
		}
		r := reports[0]
		if r.Manifest == nil || *r.Manifest != (manifest.Place{File: "f.yaml", Line: 2}) {
			t.Errorf("%s: the manifest is at %v, want line 2 of f.yaml", c.name, r.Manifest)
		}
		if r.Verdict != c.verdict || r.Target != (workload.Target{Kind: "Deployment", Namespace: r.Target.Namespace, Name: "web"}) {
			t.Errorf("%s: %s %v, want %s; findings %v, unknown %v", c.name, r.Verdict, r.Target, c.verdict, r.Findings, r.Unknown)
		}
		if c.code != "" && !hasFinding(r, c.code) {
			t.Errorf("%s: %s is not among %v", c.name, c.code, r.Findings)
		}
	}
}

func hasFinding(r *judge.Report, code string) bool {
	for _, f := range r.Findings {
		if string(f.Code) == code {
			return true
		}
	}
	return false
}
