package bind

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// Offer returns the command that fixes everything about a service account's binding in one go, and what it changes; ok is
// false where there is none: where nothing but a restart is needed, where the plan would be refused, or is not proved to
// end in `works`. Without a role it is the one that the service account is annotated with if it exists, or else the only
// one that names it.
func Offer(s *snapshot.Snapshot, namespace, serviceAccount, role string) (argv []string, changes []change.Change, ok bool) {
	if role == "" {
		if role, ok = meantRole(s, namespace, serviceAccount); !ok {
			return nil, nil, false
		}
	}
	request := Request{Namespace: namespace, ServiceAccount: serviceAccount, RoleARN: role, Restart: true, offered: true}
	if forPodIdentity(s, role) {
		request.PodIdentity = true
		if argv, changes, ok := offer(s, request); ok {
			return argv, changes, true
		}
		request.PodIdentity = false
	}
	request.CreateRole = s.Role(role).Absent()
	return offer(s, request)
}

// forPodIdentity reports whether a role is for EKS Pod Identity alone.
func forPodIdentity(s *snapshot.Snapshot, arn string) bool {
	role, _ := s.Role(arn).Get()
	named := principals(role)
	return len(named) > 0 && !slices.ContainsFunc(named, func(p trust.Principal) bool { return p.ID != trust.PodIdentityService })
}

func offer(s *snapshot.Snapshot, request Request) (argv []string, changes []change.Change, ok bool) {
	plan, err := New(s, request)
	if err != nil || plan.Proof.Verdict != judge.Works || plan.Source != "" || len(plan.Later) > 0 {
		return nil, nil, false
	}
	argv = []string{"kubectl", "irsa", "bind", request.account(), request.RoleARN}
	binds, restarts, creates := false, false, false
	for _, step := range plan.Steps {
		changes = append(changes, step.Change)
		switch step.Change.(type) {
		case change.Recreate:
			restarts = true
			continue
		case change.CreateRole:
			creates = true
		}
		binds = true
	}
	for _, flag := range []struct {
		name string
		set  bool
	}{{"--pod-identity", request.PodIdentity}, {"--create-role", creates}, {"--restart", restarts}, {"--cross-account", plan.Crosses()}} {
		if flag.set {
			argv = append(argv, flag.name)
		}
	}
	if !binds {
		return nil, nil, false
	}
	return argv, changes, true
}

func meantRole(s *snapshot.Snapshot, namespace, serviceAccount string) (arn string, ok bool) {
	account, known := s.ServiceAccount(namespace, serviceAccount).Get()
	if !known {
		return "", false
	}
	settings := inject.EKS(s.Cluster().Region)
	annotated := settings.Binding(account, namespace, serviceAccount).RoleARN
	wellFormed := inject.CheckRoleARN(annotated) == ""
	if annotated != "" && !(wellFormed && s.Role(annotated).Absent()) {
		return annotated, wellFormed
	}
	roles := s.RolesNaming(trust.Subject{Namespace: namespace, Name: serviceAccount}.String())
	switch {
	case len(roles) == 1:
		return roles[0].Arn, true
	default:
		return annotated, annotated != "" && len(roles) == 0 // it does not exist, and is created
	}
}
