package plugin

import (
	"sync"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// offers are the bind commands of service accounts, by namespace and name; empty where there is none. Each is worked out
// once, whoever asks first.
type offers struct {
	mu    sync.Mutex
	known map[string]func() string
}

func (o *offers) of(s *snapshot.Snapshot, namespace, serviceAccount string) string {
	key := namespace + "/" + serviceAccount
	o.mu.Lock()
	offer, ok := o.known[key]
	if !ok {
		offer = sync.OnceValue(func() string {
			command, _ := bind.Offer(s, namespace, serviceAccount)
			return command
		})
		if o.known == nil {
			o.known = map[string]func() string{}
		}
		o.known[key] = offer
	}
	o.mu.Unlock()
	return offer()
}

// add puts one bind before the commands of each fix that it makes, where it mends all that breaks the pod.
func (o *offers) add(s *snapshot.Snapshot, r *check.Report) {
	if r.Verdict != check.Broken {
		return
	}
	for _, f := range r.Findings {
		if f.Class == check.Breaks && (f.Fix == nil || !f.Fix.Proved || len(f.Fix.Commands) == 0) {
			return
		}
	}
	command := o.of(s, r.Target.Namespace, r.ServiceAccount)
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
