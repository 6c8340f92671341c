package plugin

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
)

// inOneGo says beside a bind command that it stands for the commands after it. As a comment it also keeps them from
// being run as well where they are joined to one line.
const inOneGo = " # mends all of it in one go, instead of:"

// offerBind puts one bind before the commands of each fix that it makes, where it mends all that breaks the pod.
func offerBind(s *evidence.Snapshot, r *check.Report) {
	if r.Verdict != check.Broken || r.Target.Namespace == "" {
		return
	}
	for i := range r.Findings {
		fix := r.Findings[i].Fix
		if r.Findings[i].Class == check.Breaks && (fix == nil || !fix.Proved || len(fix.Commands) == 0) {
			return
		}
	}
	command, ok := bind.Offer(s, r.Target.Namespace, r.ServiceAccount)
	if !ok {
		return
	}
	for i := range r.Findings {
		if r.Findings[i].Class == check.Breaks {
			fix := *r.Findings[i].Fix
			fix.Commands = append([]string{command + inOneGo}, fix.Commands...)
			r.Findings[i].Fix = &fix
		}
	}
}
