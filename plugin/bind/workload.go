package bind

import "github.com/kubectl-irsa/kubectl-irsa/plugin/workload"

// Through says that the plan is about the service account that a workload runs under, and warns where other pods have it as well.
func (p *Plan) Through(t workload.Target) {
	p.Workload = t
	if p.ServiceAccount != workload.DefaultServiceAccount || len(p.Steps) == 0 {
		return
	}
	effect := "lose"
	if p.Injection.Mechanism != "" {
		effect = "get"
	}
	p.warn("every pod of namespace %s that names no service account runs under default: all of them %s the role, and not only %s",
		p.Namespace, effect, t.InWords())
}
