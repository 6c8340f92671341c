package cmd_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestLiveManifests holds that manifests are answered as their pods would be in the cluster, and that only reading is
// done for it.
func TestLiveManifests(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), "web.yaml")
	write := func(account string) {
		t.Helper()
		text := `apiVersion: apps/v1
kind: Deployment
metadata: {name: later}
spec:
  selector: {matchLabels: {app: later}}
  template:
    metadata: {labels: {app: later}}
    spec: {serviceAccountName: ` + account + `, containers: [{name: app, image: "example.com/app:1"}]}
`
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("web")
	w.proxy.Forget()
	// Nobody registered the webhook in this cluster: a pod that is made now would get nothing.
	w.kubectl(t, "explain", "-f", file).expect(t, 2, "✗ broken: deployment "+w.namespace+"/later ", "IRSA202")
	for _, call := range w.proxy.Names() {
		if call != "kubernetes:get" && call != "kubernetes:list" {
			t.Errorf("%s is no reading", call)
		}
	}
	w.setTrust(t, w.trust("elsewhere"))
	w.kubectl(t, "explain", "-f", file, "-o", "sarif").expect(t, 2, `"ruleId": "IRSA402"`, `"startLine": 1`)
	write("ghost")
	w.kubectl(t, "explain", "-f", file).expect(t, 2, "IRSA101")
	w.kubectl(t, "whoami", "-f", file).expect(t, 0, "Deployment:       "+w.namespace+"/later\n")
}
