package subject

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A NamedRole is a role that the pod's containers should assume, as its ARN was given.
type NamedRole struct {
	RoleARN string
	// Containers are those that should assume the role.
	Containers []string
	// Malformed is why the ARN is not one of a role for STS; empty if it is.
	Malformed string

	// ARN is that of the role that exists: RoleARN, or that of Other.
	ARN  snapshot.ARN
	Role fact.Fact[snapshot.Role]
	// Other is the role of the account that has the name, where RoleARN differs from its ARN in partition,
	// path or letter case and so names no role.
	Other *snapshot.Role
	// Associated says that a Pod Identity association names the role.
	Associated bool
	// Moot says why nothing about the role matters; [NotMoot] where it does.
	Moot Moot
}

// A Moot is why nothing about a role matters.
type Moot int

// The reasons.
const (
	NotMoot                   Moot = iota
	MootIssuerMissing              // the cluster has no issuer with which IRSA could work
	MootPodIdentityImpossible      // Pod Identity does not work where the pod runs
)

func (s *Seen) namedRole(arn string) NamedRole {
	r := NamedRole{RoleARN: arn, Malformed: inject.CheckRoleARN(arn)}
	if r.Malformed != "" {
		return r
	}
	r.ARN, _ = snapshot.ParseARN(arn)
	r.Role = s.Snapshot.Role(arn)
	if r.Role.Absent() {
		if other, ok := s.Snapshot.RoleNamed(r.ARN.Account, r.ARN.RoleName()); ok {
			r.Other = &other
			r.ARN, _ = snapshot.ParseARN(other.Arn)
		}
	}
	return r
}

// Found returns the role that exists, be its ARN another than the one that was named.
func (r *NamedRole) Found() (snapshot.Role, bool) {
	if r.Other != nil {
		return *r.Other, true
	}
	return r.Role.Get()
}

// NamedRoles are the roles that containers should assume, by any mechanism.
func (s *Subject) NamedRoles() []*NamedRole {
	var roles []*NamedRole
	for _, j := range s.Roles {
		roles = append(roles, &j.NamedRole)
	}
	if s.Intent.Association == nil {
		return roles
	}
	role := s.namedRole(s.Intent.Association.RoleArn)
	role.Associated = true
	if s.PodIdentity != nil && s.PodIdentity.Impossible != Possible {
		role.Moot = MootPodIdentityImpossible
	}
	for _, c := range s.Containers {
		if c.Wants == inject.PodIdentity {
			role.Containers = append(role.Containers, c.Name)
		}
	}
	if len(role.Containers) == 0 {
		return roles
	}
	return append(roles, &role)
}
