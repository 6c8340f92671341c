package anonymize_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/anonymize"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

var key = []byte("0123456789abcdef0123456789abcdef")

// TestSameAnswer holds that an anonymized snapshot has the same answers: verdicts, codes, and everything else but names.
func TestSameAnswer(t *testing.T) {
	for name, data := range cases.Everything(t) {
		t.Run(name, func(t *testing.T) {
			read, _, err := snapshot.Read(data)
			if err != nil {
				t.Fatal(err)
			}
			hidden, _ := anonymize.Snapshot(read, key)
			want, got := shapes(t, read), shapes(t, hidden)
			if len(want) != len(got) {
				t.Fatalf("%d reports, want %d", len(got), len(want))
			}
			for i := range want {
				for _, line := range differences(fmt.Sprint(i), want[i], got[i]) {
					t.Error(line)
				}
			}
		})
	}
}

// words are the fields whose texts are words of this program and not of the cluster.
var words = []string{
	"verdict", "code", "class", "result", "provider", "link", "state", "mechanism", "kind", "type", "title", "severity", "sdk", "source", "name",
}

// shapes are the reports without the texts that name something.
func shapes(t *testing.T, s *snapshot.Snapshot) []any {
	t.Helper()
	own, _ := s.OfOneCluster()
	text, err := json.Marshal(judge.DiagnoseAll(own, "", labels.Everything(), judge.Options{Bind: bind.Offers()}))
	if err != nil {
		t.Fatal(err)
	}
	var plain []any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

func differences(at string, a, b any) []string {
	var all []string
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok {
			return []string{at + ": another type"}
		}
		for key := range a {
			if text, ok := a[key].(string); ok && (!slices.Contains(words, key) || key == "name" || key == "source") {
				if (text == "") != (other[key] == "" || other[key] == nil) {
					all = append(all, fmt.Sprintf("%s/%s: %q and %v", at, key, text, other[key]))
				}
				continue
			}
			all = append(all, differences(at+"/"+key, a[key], other[key])...)
		}
		for key := range other {
			if _, there := a[key]; !there {
				all = append(all, fmt.Sprintf("%s/%s: only after", at, key))
			}
		}
		return all
	case []any:
		other, ok := b.([]any)
		if !ok || len(a) != len(other) {
			return []string{fmt.Sprintf("%s: %v and %v", at, a, b)}
		}
		for i := range a {
			if _, text := a[i].(string); !text {
				all = append(all, differences(fmt.Sprintf("%s/%d", at, i), a[i], other[i])...)
			}
		}
		return all
	}
	if !reflect.DeepEqual(a, b) {
		return []string{fmt.Sprintf("%s: %v and %v", at, a, b)}
	}
	return nil
}
