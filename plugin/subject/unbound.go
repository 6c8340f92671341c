package subject

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// RoleOfMissingAccount is the role that a service account has to be annotated with when it is made: the one
// that the pod has, or the only one that expects it; empty where an association names the role.
func (s *Subject) RoleOfMissingAccount() (string, bool) {
	if list, _ := s.Associations.Get(); len(list) > 0 {
		return "", true
	}
	if role := s.InjectedRole(); role != "" {
		return role, true
	}
	roles := s.RolesFor(s.AccountName)
	if len(roles) != 1 {
		return "", false
	}
	return roles[0].Arn, true
}

// Unbound is why nothing binds the pod's service account to a role, or that something does.
type Unbound struct {
	State BindingState
	// Causes are all reasons that were found, where State is [NothingBinds]; none: nobody seems to have meant a role.
	Causes []UnboundCause
	// Legacy is the annotation of kube2iam and kiam, Misspelled the keys that were meant for the role annotation.
	Legacy     LegacyAnnotation
	Misspelled []string
	// Roles are those whose trust policy names the service account, Other is the account that is bound instead.
	Roles []snapshot.Role
	Other BoundAccount
	// AssociationGaps say why it is unknown whether an association binds it; RoleGaps say the same, or why the roles that
	// may name it are unknown, and OtherGaps why another account that is bound is.
	AssociationGaps, RoleGaps, OtherGaps []fact.Gap
}

// A BindingState is whether something binds a service account.
type BindingState int

// The states.
const (
	NothingBinds       BindingState = iota
	AssociationBinds                // a Pod Identity association
	AnnotationBinds                 // the role annotation
	AccountMissing                  // the service account does not exist
	AccountUnknown                  // it could not be read
	InjectedByAgent                 // nothing does, and the pod was injected by Pod Identity
	InjectedByManifest              // nothing does, and the manifest sets the credentials variables itself
	InjectedEarlier                 // nothing does any more, and the pod was injected by the webhook
)

// An UnboundCause is a reason why nothing binds a service account.
type UnboundCause int

// The causes.
const (
	AnnotationEmpty      UnboundCause = iota // the role annotation is there and empty
	AnnotationOnPod                          // it is on the pod
	AnnotationLegacy                         // there is only the one of kube2iam and kiam
	AnnotationMisspelled                     // its key is misspelled
	AnnotationLost                           // a role's trust policy names the service account
	OtherAccountBound                        // the pod does not use the service account that has the role
)

// A LegacyAnnotation is the role annotation of kube2iam and kiam.
type LegacyAnnotation struct {
	OnPod bool // or else on the service account
	Value string
}

// A BoundAccount is a service account that is bound to a role.
type BoundAccount struct {
	Name, RoleARN string
	// Associated says that a Pod Identity association binds it.
	Associated bool
	// Creator is the name of the pod that created this one and runs under the account; empty where a name led to it.
	Creator string
}

// meant reports whether it is certain that the service account should be bound.
func (s *Intended) meant() bool { return len(s.Unbound.Causes) > 0 && !s.MayBeAssociated() }

// MayBeAssociated reports whether an association that was not read may bind the service account after all: where nothing
// was injected, none helped, but into a pod that does not exist yet it may.
func (s *Intended) MayBeAssociated() bool { return s.Predicted && len(s.Unbound.AssociationGaps) > 0 }

// RoleKey is the key of the role annotation.
func (s *Seen) RoleKey() string { return s.Settings.AnnotationPrefix + "/" + inject.RoleARN }

func (s *Intended) unbound() Unbound {
	u := Unbound{State: s.bindingState()}
	if u.State != NothingBinds {
		return u
	}
	account, _ := s.Account.Get()
	u.AssociationGaps = fact.GapsOf(s.Associations)
	s.attempts(&u, account)
	if u.Roles = s.RolesFor(s.AccountName); len(u.Roles) > 0 {
		u.Causes = append(u.Causes, AnnotationLost)
	}
	if u.Other, u.OtherGaps = s.otherAccount(); u.Other.Name != "" {
		u.Causes = append(u.Causes, OtherAccountBound)
	}
	u.RoleGaps = slices.Concat(u.AssociationGaps, fact.GapsOf(s.Snapshot.Roles()), fact.GapsOf(s.Issuer))
	return u
}

func (s *Intended) bindingState() BindingState {
	associations, _ := s.Associations.Get()
	switch {
	case len(associations) > 0:
		return AssociationBinds
	case s.Binding.RoleARN != "":
		return AnnotationBinds
	case s.Account.Absent():
		return AccountMissing
	case !s.Account.Known():
		return AccountUnknown
	case s.Reading.Mechanism == inject.PodIdentity:
		return InjectedByAgent
	case s.HandMade():
		return InjectedByManifest
	case s.InjectedRole() != "":
		return InjectedEarlier
	default:
		return NothingBinds
	}
}

// attempts finds what was meant to be the role annotation.
func (s *Intended) attempts(u *Unbound, account *corev1.ServiceAccount) {
	if _, set := account.Annotations[s.RoleKey()]; set {
		u.Causes = append(u.Causes, AnnotationEmpty)
	}
	if s.Pod.Annotations[s.RoleKey()] != "" {
		u.Causes = append(u.Causes, AnnotationOnPod)
	}
	u.Legacy = LegacyAnnotation{OnPod: true, Value: s.Pod.Annotations[inject.LegacyRole]}
	if u.Legacy.Value == "" {
		u.Legacy = LegacyAnnotation{Value: account.Annotations[inject.LegacyRole]}
	}
	if u.Legacy.Value != "" {
		u.Causes = append(u.Causes, AnnotationLegacy)
	}
	if u.Misspelled = inject.MisspelledRole(account.Annotations, s.Settings.AnnotationPrefix); len(u.Misspelled) > 0 {
		u.Causes = append(u.Causes, AnnotationMisspelled)
	}
}

// RolesFor returns the roles whose trust policy names a service account of the pod's namespace by its exact
// subject and allows its token, as far as that is known.
func (s *Seen) RolesFor(account string) []snapshot.Role {
	issuer, ok := s.Issuer.Get()
	if !ok {
		return nil
	}
	subject := trust.Subject{Namespace: s.Pod.Namespace, Name: account}.String()
	var roles []snapshot.Role
	for _, role := range s.Snapshot.RolesNaming(subject) {
		policy, err := trust.ParseReturned([]byte(role.AssumeRolePolicyDocument))
		if err != nil || role.Arn == "" {
			continue
		}
		verdict := policy.Verdict(trust.WebIdentity(trust.WebIdentityRequest{
			Issuer: issuer, Subject: subject, RoleARN: role.Arn, Region: s.Snapshot.Cluster().Region, Time: s.Snapshot.TakenAt(),
		}))
		if verdict.MayAllow() {
			roles = append(roles, role)
		}
	}
	return roles
}

// otherAccount returns the service account that the workload was probably meant to run under, and the role
// that it is bound to: another one of the namespace that has the workload's name, or, for a pod that runs
// under "default", that of the pod that created it, or the only annotated one that no pod uses. The gaps are why it was
// not found.
func (s *Intended) otherAccount() (found BoundAccount, gaps []fact.Gap) {
	if found, gaps = s.creatorsAccount(); found.Name != "" {
		return found, nil
	}
	for _, name := range workload.Names(s.Pod) {
		if name == s.AccountName {
			continue
		}
		account := s.Snapshot.ServiceAccount(s.Pod.Namespace, name)
		object, ok := account.Get()
		if !ok {
			gaps = append(gaps, fact.GapsOf(account)...)
			continue
		}
		role := s.boundTo(object)
		if role == "" {
			continue
		}
		used := s.used(name)
		switch {
		case s.AccountName == workload.DefaultServiceAccount || used.Absent():
			return BoundAccount{Name: name, RoleARN: role}, nil
		default:
			// A pod with its own account may well be meant to have no role. That it runs under the wrong one shows
			// only where nobody else uses the one with its workload's name.
			gaps = append(gaps, fact.GapsOf(used)...)
		}
	}
	if s.AccountName != workload.DefaultServiceAccount {
		return BoundAccount{}, gaps
	}
	found, more := s.idleAccount()
	return found, append(gaps, more...)
}

// idleAccount returns the only annotated service account of the namespace, where no pod uses it and its
// role expects it.
func (s *Intended) idleAccount() (found BoundAccount, gaps []fact.Gap) {
	list := s.Snapshot.ServiceAccounts(s.Pod.Namespace)
	accounts, ok := list.Get()
	if !ok {
		return BoundAccount{}, fact.GapsOf(list)
	}
	for _, account := range accounts {
		if account.Name == s.AccountName || account.Annotations[s.RoleKey()] == "" {
			continue
		}
		if found.Name != "" {
			return BoundAccount{}, nil
		}
		found = BoundAccount{Name: account.Name, RoleARN: account.Annotations[s.RoleKey()]}
	}
	// Where the pods were not listed, the account counts as used: nothing else points to it.
	if found.Name == "" || !s.used(found.Name).Absent() || len(s.RolesFor(found.Name)) == 0 {
		return BoundAccount{}, nil
	}
	return found, nil
}

// boundTo is the role that a service account is annotated with, or that expects it.
func (s *Seen) boundTo(account *corev1.ServiceAccount) string {
	if role := account.Annotations[s.RoleKey()]; role != "" {
		return role
	}
	if roles := s.RolesFor(account.Name); len(roles) > 0 {
		return roles[0].Arn
	}
	return ""
}

// used answers with a pod that runs under a service account of the pod's namespace: absent where none does.
func (s *Seen) used(account string) fact.Fact[*corev1.Pod] {
	list := snapshot.ListOf[*corev1.Pod](s.Snapshot, s.Pod.Namespace)
	pods, ok := list.Get()
	if !ok {
		pods = snapshot.ObjectsOf[*corev1.Pod](s.Snapshot)
	}
	for _, pod := range pods {
		if pod.Namespace == s.Pod.Namespace && workload.ServiceAccountName(pod) == account {
			return fact.Known(pod, list.Source())
		}
	}
	if !ok {
		return fact.Map(list, func([]*corev1.Pod) *corev1.Pod { return nil })
	}
	return fact.Absent[*corev1.Pod](list.Source())
}
