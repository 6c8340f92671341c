package bind

import (
	"fmt"
	"strings"

	udiff "github.com/aymanbagabas/go-udiff"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Text shows the plan to whoever has to confirm it: each step with what it is for and, as a unified diff, what it
// changes in what the snapshot holds. The text quotes cluster and account and has to be escaped for a terminal.
func (p *Plan) Text(s *snapshot.Snapshot) string {
	var out strings.Builder
	for i, step := range p.Steps {
		fmt.Fprintf(&out, "%d. %s\n   %s\n", i+1, step.Change.Summary(), step.For)
		name, before, after := step.Change.Diff(s)
		if diff := udiff.Unified(name, name, before, after); diff != "" {
			out.WriteString(indented(strings.TrimSuffix(diff, "\n"), "   ") + "\n")
		}
		out.WriteString("\n")
	}
	return out.String()
}

func indented(text, by string) string {
	return by + strings.ReplaceAll(text, "\n", "\n"+by)
}
