package manifest_test

import (
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
)

const twoObjects = `# rendered
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
  annotations:
    team: a
    eks.amazonaws.com/role_arn: arn:aws:iam::111122223333:role/web
---

apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      initContainers:
      - name: prepare
        image: busybox
        env: [{name: AWS_PROFILE, value: dev}]
      containers:
      - name: proxy
        image: envoy
      - image: web
        name: app
        env:
        - {name: A, value: b}
        - name: AWS_PROFILE
          value: dev
`

const listed = `{
  "apiVersion": "v1", "kind": "List",
  "items": [
    {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "other"}},
    {"apiVersion": "v1", "kind": "ServiceAccount",
     "metadata": {
       "name": "web",
       "annotations": {
         "eks.amazonaws.com/role-arn": "x"
       }}}
  ]
}
`

// TestField holds the line of a field in a file: its own, or that of what is nearest around it.
func TestField(t *testing.T) {
	env := []string{"spec", "template", "spec", "containers", "[app]", "env", "[AWS_PROFILE]"}
	for _, c := range []struct {
		name, file, kind string
		path             []string
		want             int
	}{
		{"an annotation", twoObjects, "ServiceAccount", []string{"metadata", "annotations", "eks.amazonaws.com/role_arn"}, 8},
		{"one that is not there", twoObjects, "ServiceAccount", []string{"metadata", "annotations", "eks.amazonaws.com/role-arn"}, 6},
		{"no path", twoObjects, "ServiceAccount", nil, 2},
		{"a variable", twoObjects, "Deployment", env, 28},
		{"a variable of an init container", twoObjects, "Deployment", []string{"spec", "template", "spec", "containers", "[prepare]", "env", "[AWS_PROFILE]"}, 20},
		{"a container that is not there", twoObjects, "Deployment", []string{"spec", "template", "spec", "containers", "[none]", "env"}, 17},
		{"an item of a list", listed, "ServiceAccount", []string{"metadata", "annotations", "eks.amazonaws.com/role-arn"}, 9},
	} {
		var m manifest.Manifests
		m.Add("f.yaml", []byte(c.file), "shop")
		m.Index()
		if got, ok := m.Field(c.kind, "shop", "web", c.path...); !ok || got != (manifest.Place{File: "f.yaml", Line: c.want}) {
			t.Errorf("%s: %+v, %v, want line %d", c.name, got, ok, c.want)
		}
	}
	var m manifest.Manifests
	m.Add("f.yaml", []byte(twoObjects), "shop")
	m.Index()
	if place, ok := m.Field("ServiceAccount", "shop", "ghost"); ok {
		t.Errorf("an object that is not there is at %+v", place)
	}
}
