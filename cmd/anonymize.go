package cmd

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/anonymize"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// anonymized is a snapshot without what names somebody. What the targets are called in it is printed on standard error, and
// whether an answer differs: names can be related in a way that is not kept.
func (s *source) anonymized(read *snapshot.Snapshot, q query) (*snapshot.Snapshot, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	hidden, renamed := anonymize.Snapshot(read, key)
	for _, t := range q.in(q.namespace) {
		before, after := strings.ToLower(t.Kind)+"/"+t.Name, renamed(t.Name)
		if t.Namespace != "" {
			before, after = before+" -n "+t.Namespace, after+" -n "+renamed(t.Namespace)
		}
		s.program.complain(before + " is " + after + " in the snapshot")
	}
	before, after := answers(read), answers(hidden)
	for i := range before {
		if i >= len(after) || before[i].answer != after[i].answer {
			s.program.complain("warning: the answer about " + before[i].target + " is another one in the anonymized snapshot")
		}
	}
	return hidden, nil
}

type told struct{ target, answer string }

// answers are the verdict and the codes about each workload, in the order of the snapshot.
func answers(s *snapshot.Snapshot) []told {
	var list []told
	for _, r := range judge.DiagnoseAll(s, "", labels.Everything(), judge.Options{NoFixes: true}) {
		codes := []string{string(r.Verdict)}
		for _, f := range r.Findings {
			if f.Class != check.Note {
				codes = append(codes, string(f.Code))
			}
		}
		slices.Sort(codes)
		list = append(list, told{strings.ToLower(r.Target.Kind) + "/" + r.Target.Name + " -n " + r.Target.Namespace, strings.Join(codes, " ")})
	}
	return list
}
