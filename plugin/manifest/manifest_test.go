package manifest_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
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

const boundAccount = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/web"}}
`

func TestManifests(t *testing.T) {
	for _, c := range []struct {
		name, file string
		pods       int
		problems   []string // one part of each
		unreadable int
	}{
		{"one", deployment, 1, nil, 0},
		{"several documents", "# first\n---\n" + deployment + "---\n---\n" + deployment, 2, nil, 0},
		{"list", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: v1, kind: Service, metadata: {name: a}}\n", 1, nil, 0},
		{"JSON", `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}`, 1, nil, 0},
		{"cron job", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {jobTemplate: {spec: {template: {spec: {containers: []}}}}}\n", 1, nil, 0},
		{"typo in a field", strings.Replace(deployment, "serviceAccountName", "serviceAcountName", 1), 1, []string{`f.yaml:2: Deployment web: unknown field "spec.template.spec.serviceAcountName"`}, 0},
		{"unknown kind", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\n---\n" + deployment, 1, []string{"f.yaml:1: apiVersion argoproj.io/v1alpha1, kind Rollout is not supported"}, 0},
		{"no manifest", "hello: world\n---" + deployment, 1, []string{"f.yaml:1: not a manifest"}, 0},
		{"broken YAML, and a good one", "a: {\n---\n" + deployment, 1, []string{"f.yaml:1: "}, 1},
		{"wrong type", "apiVersion: v1\nkind: Pod\nspec: 7\n", 0, []string{"f.yaml:1: Pod: "}, 1},
		{"bomb", bomb(), 0, []string{"f.yaml:1: "}, 1},
		{"lists in lists", nestedLists(4), 1, nil, 0},
		{"too many lists in lists", nestedLists(40), 0, []string{"f.yaml:1: lists are nested"}, 1},
		{"lists without an end", nestedLists(4_000), 0, []string{"f.yaml:1: mappings and lists are nested"}, 1},
		{"a stream of JSON", `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}` + "\n" + `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"}}`, 2, nil, 0},
		{"a stream whose second is broken", `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}` + "\n" + `{"apiVersion": "v1", "kind": }`, 1, []string{"f.yaml:2: invalid character"}, 1},
		{"a key that is there twice", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nmetadata: {name: b}\n---\n" + deployment, 1, []string{"f.yaml:4: duplicate key metadata (first in line 3)"}, 1},
		{"gzip", "\x1f\x8bxyz", 0, []string{"f.yaml: it is compressed with gzip"}, 1},
		{"empty", "", 0, nil, 0},
		{"a bound service account", boundAccount, 1, nil, 0},
		{"one that is used", boundAccount + "---" + deployment, 1, nil, 0},
		{"one without a role", strings.Replace(boundAccount, "role-arn", "audience", 1), 0, nil, 0},
	} {
		var m manifest.Manifests
		m.Add("f.yaml", []byte(c.file), "default")
		if pods := m.Pods(); len(pods) != c.pods {
			t.Errorf("%s: %d pods, want %d", c.name, len(pods), c.pods)
		}
		if m.Unreadable != c.unreadable {
			t.Errorf("%s: %d documents are unreadable, want %d", c.name, m.Unreadable, c.unreadable)
		}
		if len(m.Problems) != len(c.problems) {
			t.Errorf("%s: problems %q, want %d", c.name, m.Problems, len(c.problems))
			continue
		}
		for i, part := range c.problems {
			if !strings.Contains(m.Problems[i], part) || strings.Contains(m.Problems[i], "\n") {
				t.Errorf("%s: problem %q lacks %q", c.name, m.Problems[i], part)
			}
		}
	}
}

func nestedLists(deep int) string {
	return strings.Repeat(`{"apiVersion": "v1", "kind": "List", "items": [`, deep) + `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}` + strings.Repeat("]}", deep)
}

// bomb is a document that would become huge if its aliases were followed.
func bomb() string {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		previous, next := string(rune('a'+i-1))+"0", string(rune('a'+i))+"0"
		text += next + ": &" + next + " [" + strings.Repeat("*"+previous+", ", 9) + "*" + previous + "]\n"
	}
	return text
}

// FuzzManifests: a file is read twice the same, each object has its place in the file, and so has what is looked up in it.
func FuzzManifests(f *testing.F) {
	f.Add(deployment)
	if data, err := os.ReadFile("../../testdata/check/irsa.yaml"); err == nil {
		f.Add(string(data))
	}
	f.Add("kind: Pod\napiVersion: v1\n---\n---\n{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{}]}\n...\n")
	f.Fuzz(func(t *testing.T, data string) {
		var m, again manifest.Manifests
		m.Add("f.yaml", []byte(data), "default")
		again.Add("f.yaml", []byte(data), "default")
		if !reflect.DeepEqual(m.Objects, again.Objects) || !reflect.DeepEqual(m.Pods(), again.Pods()) {
			t.Error("read twice, it is another")
		}
		m.Index()
		lines := strings.Count(data, "\n") + 1
		for _, object := range m.Objects {
			kind := object.GetObjectKind().GroupVersionKind().Kind
			if place, _ := m.Field(kind, object.GetNamespace(), object.GetName(), "spec", "containers", "[app]", "env"); place.Line > lines {
				t.Errorf("line %d of %d", place.Line, lines)
			}
		}
	})
}
