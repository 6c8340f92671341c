package bind

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// Offer returns the command that fixes everything about a service account's binding in one go; ok is false where
// there is none: where nothing but a restart is needed, where the plan would be refused, or is not proved to end in
// `works`. Without a role it is the one that the service account is annotated with, or else the only one that names it.
func Offer(s *snapshot.Snapshot, namespace, serviceAccount, role string) (argv []string, ok bool) {
	if role == "" {
		role, ok = meantRole(s, namespace, serviceAccount)
		if !ok {
			return nil, false
		}
	}
	plan, err := New(s, Request{Namespace: namespace, ServiceAccount: serviceAccount, RoleARN: role, Restart: true})
	if err != nil || plan.Proof.Verdict != judge.Works || plan.Source != "" || len(plan.Later) > 0 {
		return nil, false
	}
	binds, restarts := false, false
	for _, step := range plan.Steps {
		if _, restart := step.Change.(change.Recreate); restart {
			restarts = true
		} else {
			binds = true
		}
	}
	if !binds {
		return nil, false
	}
	argv = []string{"kubectl", "irsa", "bind", namespace + "/" + serviceAccount, role}
	if restarts {
		argv = append(argv, "--restart")
	}
	return argv, true
}

func meantRole(s *snapshot.Snapshot, namespace, serviceAccount string) (arn string, ok bool) {
	account, known := s.ServiceAccount(namespace, serviceAccount).Get()
	if !known {
		return "", false
	}
	settings := inject.EKS(s.Cluster().Region)
	if annotated := settings.Binding(account, namespace, serviceAccount).RoleARN; annotated != "" {
		return annotated, inject.CheckRoleARN(annotated) == ""
	}
	roles := s.RolesNaming(trust.Subject{Namespace: namespace, Name: serviceAccount}.String())
	if len(roles) != 1 {
		return "", false
	}
	return roles[0].Arn, true
}
