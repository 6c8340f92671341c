package snapshot_test

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// TestPage holds that the example of docs/snapshot.md is a snapshot, and that the page names every field of the file.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/snapshot.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("the page has no example")
	}
	s, warnings, err := snapshot.Read([]byte(example))
	if err != nil || len(warnings) > 0 {
		t.Fatalf("the example: %v, warnings %q", err, warnings)
	}
	first, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := snapshot.Read(first)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := again.YAML(); err != nil || !bytes.Equal(first, second) {
		t.Errorf("the example does not read back to the same file: %v", err)
	}
	d := s.Document()
	for _, part := range []any{d, d.Metadata, d.Cluster, *d.AWS, d.Unreadable[0]} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(part)) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name != "-" && !strings.Contains(string(page), "`"+name+"`") {
				t.Errorf("the page does not name the field %s of %T", name, part)
			}
		}
	}
}
