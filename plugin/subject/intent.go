package subject

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// An Intent is the way in which the pod is meant to get its role.
type Intent struct {
	Mechanism inject.Mechanism
	RoleARN   string
	// Association is set where the mechanism is Pod Identity and the association is known.
	Association *snapshot.PodIdentityAssociation
	// Next is an association that concerns only new pods: this one has the same role by web identity.
	Next *snapshot.PodIdentityAssociation
	// Gaps say why it is unknown (Mechanism is empty then), or may be another.
	Gaps []fact.Gap
}

// intent derives how the pod is meant to get a role: an association takes precedence over the annotation, as in the webhook.
func (s *Seen) intent() Intent {
	list, known := s.Associations.Get()
	if len(list) > 0 {
		return Intent{Mechanism: inject.PodIdentity, RoleARN: list[0].RoleArn, Association: &list[0]}
	}
	var gaps []fact.Gap
	if g, ok := s.Associations.Gap(); ok {
		gaps = append(gaps, g)
	}
	if s.Binding.RoleARN != "" {
		return Intent{Mechanism: inject.WebIdentity, RoleARN: s.Binding.RoleARN, Gaps: gaps}
	}
	if g, ok := s.Account.Gap(); ok {
		gaps = append(gaps, g)
	}
	switch {
	case !known && s.Reading.Mechanism == inject.PodIdentity:
		return Intent{Mechanism: inject.PodIdentity, Gaps: gaps}
	case s.InjectedRole() != "":
		// Whatever it is bound to, also if that is gone since: the pod has the role that it was created with.
		return Intent{Mechanism: inject.WebIdentity, RoleARN: s.InjectedRole(), Gaps: gaps}
	case len(gaps) > 0:
		// One variable of two binds nothing: a pod whose service account names no role needs none.
		return Intent{Gaps: gaps}
	default:
		return Intent{Mechanism: inject.None}
	}
}

// keptIntent is the intent of a pod that was given the association's role before there was the association, as a migration from
// IRSA leaves it until the workload restarts: it has that role by its web identity, as long as STS grants it, and only a new pod
// gets it by Pod Identity.
func (s *Subject) keptIntent() (kept Intent, ok bool) {
	role := s.InjectedRole()
	if s.Predicted || s.Intent.Association == nil || role == "" || role != s.Intent.PodIdentityRole() {
		return Intent{}, false
	}
	for _, c := range s.Containers {
		if c.Type != inject.Ephemeral && c.Mechanism == inject.WebIdentity && c.Provider != sdk.WebIdentity && c.Provider != sdk.Uncertain {
			return Intent{}, false
		}
	}
	return Intent{Mechanism: inject.WebIdentity, RoleARN: role, Next: s.Intent.Association}, true
}

// InjectedRole is the role that the webhook gave the containers.
func (s *Seen) InjectedRole() string {
	for _, c := range s.Reading.Containers {
		if c.Mechanism == inject.WebIdentity && c.RoleARN != "" && !c.Has(inject.HalfSet) {
			return c.RoleARN
		}
	}
	return ""
}

// PodIdentityRole is the role that Pod Identity gives: the association's target role, or else its role.
func (i Intent) PodIdentityRole() string {
	if i.Association == nil {
		return ""
	}
	if i.Association.TargetRoleArn != "" {
		return i.Association.TargetRoleArn
	}
	return i.Association.RoleArn
}

// Bound reports whether something binds the service account now, so that a new pod is injected.
func (s *Intended) Bound() bool {
	return s.Binding.RoleARN != "" || s.Intent.Association != nil || s.Intent.Next != nil
}
