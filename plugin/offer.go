package plugin

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
)

// offers are the bind commands of service accounts, by namespace and name; empty where there is none.
type offers map[string]string

// add puts one bind before the commands of each fix that it makes, where it mends all that breaks the pod.
func (o offers) add(s *evidence.Snapshot, r *check.Report) {
	if r.Verdict != check.Broken {
		return
	}
	for _, f := range r.Findings {
		if f.Class == check.Breaks && (f.Fix == nil || !f.Fix.Proved || len(f.Fix.Commands) == 0) {
			return
		}
	}
	key := r.Target.Namespace + "/" + r.ServiceAccount
	command, known := o[key]
	if !known {
		command, _ = bind.Offer(s, r.Target.Namespace, r.ServiceAccount)
		o[key] = command
	}
	if command == "" {
		return
	}
	for i := range r.Findings {
		if r.Findings[i].Class == check.Breaks {
			fix := *r.Findings[i].Fix
			fix.Commands = append([]string{command}, fix.Commands...)
			r.Findings[i].Fix = &fix
		}
	}
}
