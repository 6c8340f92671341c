package snapshot_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/demo"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

// every are the snapshot files of all tests: the cases, those of the checks, and the demo.
func every(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{"demo": demo.Snapshot}
	for _, file := range cases.Files(t, "../../testdata/cases", ".yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		files[file] = data
	}
	for _, file := range cases.Files(t, "../../testdata/check", ".yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Dir(file) == "../../testdata/check" {
			files[file] = data
			continue
		}
		var c cases.Case
		if err := yaml.Unmarshal(data, &c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		files[file] = patched(t, c)
	}
	return files
}

func patched(t *testing.T, c cases.Case) []byte {
	t.Helper()
	data, err := os.ReadFile("../../testdata/check/" + c.Base + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.YAMLToJSON(data)
	if err != nil || len(c.Patch) == 0 {
		return data
	}
	operations, err := jsonpatch.DecodePatch(c.Patch)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = operations.Apply(text); err != nil {
		t.Fatal(err)
	}
	return text
}

// answer is the whole answer about a snapshot.
func answer(t *testing.T, s *snapshot.Snapshot) []any {
	t.Helper()
	text, err := json.Marshal(judge.DiagnoseAll(s, "", labels.Everything(), judge.Options{Bind: bind.Offers()}))
	if err != nil {
		t.Fatal(err)
	}
	var plain []any
	if err := json.Unmarshal([]byte(secrets.Replace(string(text))), &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// secrets are those of the cases, and what a snapshot keeps of them.
var secrets = strings.NewReplacer("AKIAIOSFODNN7EXAMPLE", "AKIA************MPLE", "user:secret@", "")

// TestSameAnswer holds that what is left out of a snapshot changes no answer.
func TestSameAnswer(t *testing.T) {
	for name, data := range every(t) {
		t.Run(strings.TrimPrefix(name, "../../testdata/"), func(t *testing.T) {
			whole, err := snapshot.Whole(data)
			if err != nil {
				t.Fatal(err)
			}
			kept, _, err := snapshot.Read(data)
			if err != nil {
				t.Fatal(err)
			}
			want, got := answer(t, whole), answer(t, kept)
			for _, line := range differences("", want, got) {
				t.Error(line)
			}
		})
	}
}
