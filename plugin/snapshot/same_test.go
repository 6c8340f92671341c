package snapshot_test

import (
	"encoding/json"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

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
	for name, data := range cases.Everything(t) {
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
