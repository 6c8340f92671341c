package sdk

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// row is one recorded run of real SDKs in one environment.
type row struct {
	Environment struct{ Static, WebIdentity, Container, Profile, IMDS State }
	Result      map[Name]struct {
		Provider string
		Error    string
	}
}

// TestRecordedRuns holds the chains against every recorded run. The recordings call container
// credentials "container", and both a chain that stops and one that ends without credentials "error".
func TestRecordedRuns(t *testing.T) {
	files, err := filepath.Glob("../../testdata/sdk/*.ndjson")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded runs: %v", err)
	}
	runs := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range bytes.Lines(text) {
			n++
			var r row
			if err := json.Unmarshal(line, &r); err != nil {
				t.Fatalf("%s:%d: %v", file, n, err)
			}
			e := Environment{
				Static: r.Environment.Static, WebIdentity: r.Environment.WebIdentity,
				Container: r.Environment.Container, Profile: r.Environment.Profile, IMDS: r.Environment.IMDS,
				Region: RegionSet,
			}
			for name, want := range r.Result {
				runs++
				got := Evaluate(e, name)[0]
				if !recordedAs(got.Provider, want.Provider) {
					t.Errorf("%s:%d: %s in %+v: %s (%s), recorded %s (%s)",
						filepath.Base(file), n, name, r.Environment, got.Provider, got.Error, want.Provider, want.Error)
				}
			}
		}
	}
	if runs == 0 {
		t.Error("the files hold no runs")
	}
	t.Logf("%d runs", runs)
}

func recordedAs(got Provider, recorded string) bool {
	switch got {
	case PodIdentity:
		return recorded == "container"
	case Failed, NoProvider:
		return recorded == "error"
	}
	return string(got) == recorded
}
