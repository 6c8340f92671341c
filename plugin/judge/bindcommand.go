package judge

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// offerBind puts one `kubectl irsa bind` before the commands of each fix of a broken pod, where each of them is proved and
// the bind makes them all: what they change in AWS, it changes in the same way.
func offerBind(s *snapshot.Snapshot, r *Report, o Options) {
	if r.Verdict != Broken || o.Bind == nil {
		return
	}
	for _, f := range r.Findings {
		if f.Class == check.Breaks && (f.Fix == nil || !f.Fix.Proved || len(f.Fix.Commands) == 0) {
			return
		}
	}
	argv, changes := o.Bind(s, r.Target.Namespace, r.ServiceAccount, r.FixedRole)
	command, ok := o.At.In(s).Line(argv)
	if len(argv) == 0 || !ok {
		return
	}
	var fixes []string
	for _, f := range r.Findings {
		if f.Class == check.Breaks {
			fixes = append(fixes, f.Fix.Commands...)
		}
	}
	if !sameInAWS(fixes, o.At.In(s).Shell(changes)) {
		return
	}
	for i := range r.Findings {
		if r.Findings[i].Class == check.Breaks {
			fix := *r.Findings[i].Fix
			fix.Bind, fix.Commands = command, append([]string{command}, fix.Commands...)
			r.Findings[i].Fix = &fix
		}
	}
}

// sameInAWS reports whether two lists of commands have the same ones of the AWS CLI.
func sameInAWS(a, b []string) bool {
	lacks := func(list []string) func(string) bool {
		return func(line string) bool { return strings.HasPrefix(line, "aws ") && !slices.Contains(list, line) }
	}
	return !slices.ContainsFunc(a, lacks(b)) && !slices.ContainsFunc(b, lacks(a))
}
