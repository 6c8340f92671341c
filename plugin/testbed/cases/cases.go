// Package cases reads the cases of checks, for the tests of all rooms that judge.
package cases

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/demo"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Folder is testdata, as a test in a folder of plugin finds it.
const Folder = "../../testdata"

// Files returns the files of a kind in a folder and the folders below it, such as the snapshots of real failures in
// testdata/cases. There is at least one.
func Files(t testing.TB, folder, extension string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == extension {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("%s holds no %s: %v", folder, extension, err)
	}
	return found
}

// Snapshot reads a snapshot file.
func Snapshot(t testing.TB, file string) *snapshot.Snapshot {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := snapshot.Read(data)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return s
}

// A Case is a file of testdata/check/CODE: a healthy snapshot of the folder above, changed by a JSON
// patch (RFC 6902), and what the check of that code must then say.
type Case struct {
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
		Verdict    judge.Verdict `json:"verdict"`
		Breaks     []string      `json:"breaks"` // all codes of that class that are found, for results other than fail
		Behind     []string      `json:"behind"` // the codes that show when what breaks the pod is fixed
		Containers []string      `json:"containers"`
		Where      string        `json:"where"` // each where given: a part of the text
		Have       string        `json:"have"`
		Need       string        `json:"need"`
		Why        string        `json:"why"`
		Fix        string        `json:"fix"`    // a part of the summary or of a command
		NotFix     string        `json:"notFix"` // what neither holds
		Advice     string        `json:"advice"` // the whole of a fix that has no commands
		Proved     *bool         `json:"proved"` // of the fix
		RestsOn    string        `json:"restsOn"`
		Then       string        `json:"then"`
		With       []string      `json:"with"` // the findings that have to be fixed with it
		// Provider is that of each container, Expected the answer to expectRole.
		Provider map[string]sdk.Provider `json:"provider"`
		Expected judge.Assertion         `json:"expected"`
	} `json:"want"`
}

// Patched returns a healthy snapshot with a JSON patch applied.
func Patched(t testing.TB, base string, patch json.RawMessage) *snapshot.Snapshot {
	t.Helper()
	s, _, err := snapshot.Read(patched(t, base, patch))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func patched(t testing.TB, base string, patch json.RawMessage) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(Folder, "check", base+".yaml"))
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
	return text
}

// Everything are the snapshot files of all tests by their names: the cases, those of the checks, and the demo.
func Everything(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{"demo": demo.Snapshot}
	for _, folder := range []string{"cases", "check"} {
		for _, file := range Files(t, filepath.Join(Folder, folder), ".yaml") {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c Case
			if err := yaml.Unmarshal(data, &c); err == nil && c.Base != "" {
				data = patched(t, c.Base, c.Patch)
			}
			files[strings.TrimPrefix(file, Folder+"/")] = data
		}
	}
	return files
}
