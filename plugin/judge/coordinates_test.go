package judge_test

import (
	"regexp"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// inProse are commands in the middle of a sentence, complete with what they act on.
var inProse = regexp.MustCompile(`(kubectl (annotate|delete|describe|get|label|logs|patch|rollout|run|set) [^-]|kubectl irsa |aws [a-z0-9]+ [a-z-]+ --)`)

// TestCoordinates holds that whatever is proposed in any case acts where the answer is about.
func TestCoordinates(t *testing.T) {
	at := change.Coordinates{Kubectl: [][]string{{"--context", "prod"}}, Plugin: [][]string{{"--eks-cluster", "prod"}}, Profile: "ops"}
	held := func(name, command string) {
		flags := []string{"--context prod"}
		switch {
		case strings.Contains(command, "kubectl irsa "):
			flags = append(flags, "--eks-cluster prod")
		case strings.Contains(command, "aws ") && !strings.Contains(command, "kubectl "):
			flags = []string{"--profile ops"}
		}
		for _, flag := range flags {
			if !strings.Contains(command, flag) {
				t.Errorf("%s: no %s in %s", name, flag, command)
			}
		}
	}
	count := 0
	for name, s := range brokenSnapshots(t) {
		for _, r := range judge.DiagnoseAll(s, "", labels.Everything(), judge.Options{At: at, Bind: bind.Offers()}) {
			for _, f := range r.Findings {
				if f.Fix == nil {
					continue
				}
				for _, command := range append(f.Fix.Commands, f.Fix.Probe) {
					if command != "" {
						count++
						held(name+" "+string(f.Code), command)
					}
				}
				for _, sentence := range []string{f.Fix.Summary, f.Fix.Then} {
					if strings.Contains(sentence, check.Here) {
						t.Errorf("%s %s: no command in %q", name, f.Code, sentence)
					}
					if inProse.MatchString(sentence) {
						count++
						held(name+" "+string(f.Code), sentence)
					}
				}
			}
		}
	}
	if count < 500 {
		t.Errorf("%d commands in all cases", count)
	}
}
