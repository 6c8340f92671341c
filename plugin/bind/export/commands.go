package export

import (
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// commands are the commands of one program that do what the plan does, as a script for a POSIX shell. aws-cli and
// kubectl together do everything: what has commands of the other program is in the other format alone, and named here.
func commands(program string, plan *bind.Plan, s *snapshot.Snapshot) string {
	var out strings.Builder
	for _, step := range plan.Steps {
		own := run{step.Change, program}
		lines := plan.At.Shell([]change.Change{own})
		switch {
		case len(lines) < len(own.Commands()) || isManual(step.Change, program):
			out.WriteString(comment(byHand(step.Change, plan.At)))
		case len(lines) > 0:
			summary := step.Change.Summary()
			if whose := change.Credentials(s, step.Change); whose != "" {
				summary += ", " + whose
			}
			out.WriteString(comment(summary) + grown(step.Change, plan.At, s) + strings.Join(lines, "\n") + "\n")
		default:
			out.WriteString(comment(step.Change.Summary() + ": see -o " + otherFormat[program]))
		}
	}
	for _, c := range plan.Later { // what has commands is left to the user, or is a step with --restart
		if isManual(c, program) {
			out.WriteString(comment(byHand(c, plan.At)))
		}
	}
	if plan.Source != "" {
		out.WriteString(comment("by hand, in the source of the service account:\n" + plan.Source))
	}
	return out.String()
}

// otherFormat is the format with what a program's script leaves out.
var otherFormat = map[string]string{"aws": "kubectl", "kubectl": "aws-cli"}

// grown warns of a policy that the escapes in its command make longer than the default quota.
func grown(c change.Change, at change.Coordinates, s *snapshot.Snapshot) string {
	if trust.Size([]byte(policyOf(c))) > trust.QuotaDefault {
		return "" // the plan has warned of it
	}
	for _, file := range at.PolicyFiles(s, []change.Change{c}) {
		if n := trust.Size([]byte(file.Text)); n > trust.QuotaDefault {
			return comment(fmt.Sprintf("with the escapes in this command the policy has %d characters, more than the default quota of %d", n, trust.QuotaDefault))
		}
	}
	return ""
}

// isManual reports whether no program has a command for a change of what this program is for.
func isManual(c change.Change, program string) bool {
	return len(c.Commands()) == 0 && c.Object().InAWS == (program == "aws")
}

// A run is a change by the commands of one program.
type run struct {
	change.Change
	program string
}

// Commands implements [change.Change].
func (r run) Commands() [][]string {
	var own [][]string
	for _, argv := range r.Change.Commands() {
		if argv[0] == r.program {
			own = append(own, argv)
		}
	}
	return own
}
