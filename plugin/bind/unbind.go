package bind

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// An UnbindRequest says which service account loses its role.
type UnbindRequest struct {
	Namespace, ServiceAccount string
	// RoleARN is the role from whose trust policy the subject is removed; empty: the one that the service account is
	// annotated or associated with.
	RoleARN string
	// DeleteProvider deletes the OIDC provider as well, if nothing else trusts it.
	DeleteProvider bool
	// ForceConflicts changes a service account that Helm, Argo CD, Flux or another program manages.
	ForceConflicts bool
	// CrossAccount accepts a role of another account than the cluster's or that of the AWS credentials.
	CrossAccount bool
	// WriterRole is the name of the role that makes the changes in other accounts than that of the AWS credentials.
	WriterRole string
	// Export says that the plan is for another tool, which has credentials of its own.
	Export bool
	// At says where printed commands act.
	At change.Coordinates
}

// NewUnbind plans how a service account loses its role: exactly its subject is removed from the trust policy, and its annotation
// and its association, and nobody else's. The error is a *Refusal.
func NewUnbind(s *snapshot.Snapshot, r UnbindRequest) (*Plan, error) {
	p := newPlanner(s, Request{
		Namespace: r.Namespace, ServiceAccount: r.ServiceAccount, RoleARN: r.RoleARN, ForceConflicts: r.ForceConflicts,
		CrossAccount: r.CrossAccount, WriterRole: r.WriterRole, Export: r.Export, At: r.At,
	})
	f := s.ServiceAccount(r.Namespace, r.ServiceAccount)
	if gap, ok := f.Gap(); ok {
		return nil, refusef("service account %s is unknown: %s: %s", p.request.account(), gap.What, gap.Reason)
	}
	p.account, _ = f.Get() // the role may trust one that does not exist
	associations := s.Associations(r.Namespace, r.ServiceAccount)
	if list, known := associations.Get(); known && len(list) == 0 && p.account == nil {
		if err := p.guardMistyped(r.RoleARN); err != nil {
			return nil, err
		}
	}
	list, _ := associations.Get()
	if err := p.unbind(list, r); err != nil {
		return nil, err
	}
	if gap, ok := associations.Gap(); ok && p.onEKS() {
		const unsure = "whether a Pod Identity association gives the service account a role is unknown: %s: %s"
		if len(p.plan.Steps) == 0 && r.RoleARN == "" { // nothing else names a role: whether there is one to remove is unknown
			return nil, refusef(unsure, gap.What, gap.Reason)
		}
		p.plan.warn(unsure, gap.What, gap.Reason)
	}
	if r.DeleteProvider {
		if err := p.deleteProvider(); err != nil {
			return nil, err
		}
	}
	p.listStays()
	p.warnOfRunning()
	return p.plan, nil
}

// guardMistyped refuses a service account that does not exist and that nothing names: there is nothing to remove, and the name
// is likely mistyped.
func (p *planner) guardMistyped(role string) error {
	if p.snapshot.Namespace(p.request.Namespace).Absent() {
		return refusef("namespace %s does not exist", p.request.Namespace)
	}
	if role == "" {
		return refuseWith(p.command("unbind", p.request.account(), "ROLE"),
			"service account %s does not exist, and no association names it; if a role still trusts it, name the role", p.request.account())
	}
	found, known := p.snapshot.Role(role).Get()
	if policy, err := trust.ParseReturned([]byte(found.AssumeRolePolicyDocument)); known && err == nil {
		p.role, _ = snapshot.ParseARN(role)
		p.request.RoleARN = role
		if !p.admits(policy) {
			return refusef("service account %s does not exist, and role %s does not trust it", p.request.account(), p.role.RoleName())
		}
	}
	return nil
}

// unbind plans in this order: what gives new pods the role, then what allows them to assume it.
func (p *planner) unbind(list []snapshot.PodIdentityAssociation, r UnbindRequest) error {
	annotated := ""
	if p.account != nil {
		annotated = p.account.Annotations[p.roleKey()]
	}
	if err := p.guardPlace(cmp.Or(r.RoleARN, annotated)); err != nil {
		return err
	}
	if annotated != "" && (r.RoleARN == "" || r.RoleARN == annotated) {
		if err := p.removeAnnotation(); err != nil {
			return err
		}
	}
	if r.RoleARN != "" {
		list = slices.DeleteFunc(slices.Clone(list), func(a snapshot.PodIdentityAssociation) bool { return a.RoleArn != r.RoleARN })
	}
	for _, a := range list {
		if err := p.guardAssociation(); err != nil {
			return err
		}
		p.plan.add(change.DeleteAssociation{Cluster: p.snapshot.Cluster().Name, AssociationID: a.AssociationID, Namespace: a.Namespace, ServiceAccount: a.ServiceAccount},
			"new pods of the service account get no role from the Pod Identity agent")
	}
	if role := r.RoleARN; role != "" {
		if p.snapshot.Role(role).Absent() {
			return refusef("role %s does not exist", role)
		}
		return p.unbindRole(role, true, true)
	}
	if annotated != "" {
		if err := p.unbindRole(annotated, true, false); err != nil {
			return err
		}
	}
	for _, a := range list {
		if err := p.unbindRole(a.RoleArn, a.RoleArn == annotated, true); err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) removeAnnotation() error {
	leave, err := p.guardAccount("")
	if leave || err != nil {
		return err
	}
	p.plan.add(change.Annotate{Namespace: p.request.Namespace, ServiceAccount: p.request.ServiceAccount, Key: p.roleKey()},
		"new pods of the service account no longer get a role")
	return nil
}

// unbindRole plans that a role no longer trusts the service account: its tokens, EKS Pod Identity for it, or both.
func (p *planner) unbindRole(arn string, tokens, podIdentity bool) error {
	p.request.RoleARN, p.plan.RoleARN = arn, arn
	p.role, _ = snapshot.ParseARN(arn)
	if err := p.guardPlace(arn); err != nil {
		return err
	}
	f := p.snapshot.Role(arn)
	if gap, ok := f.Gap(); ok {
		return refusef("role %s is unknown: %s: %s", arn, gap.What, gap.Reason)
	}
	role, ok := f.Get()
	if !ok {
		p.plan.warn("role %s does not exist", arn)
		return nil
	}
	p.found = role
	if podIdentity && p.snapshot.EKSCluster().Known() {
		if err := p.revoke(p.podIdentityRequest(), "the role no longer trusts EKS Pod Identity for the service account"); err != nil {
			return err
		}
	}
	if !tokens {
		return nil
	}
	if err := p.lookForIssuer(); err != nil {
		return err
	}
	return p.revoke(p.webIdentityRequest(), "the role no longer trusts tokens of the service account")
}

// revoke plans to remove the subject from a role's trust policy. An earlier step may have edited the same policy.
func (p *planner) revoke(request trust.Request, why string) error {
	name, document := p.role.RoleName(), string(p.found.AssumeRolePolicyDocument)
	policy, err := trust.ParseReturned([]byte(document))
	if err != nil {
		return refusef("the trust policy of role %s cannot be read: %s", name, err)
	}
	edit, err := policy.Revoke(request)
	if errors.Is(err, trust.ErrPattern) && request.Principal().Type == trust.Service {
		whom := "every association of the account"
		if !policy.Exposure(request).Open() {
			whom = "service account " + p.request.account() + " of any cluster: that stays, because other clusters may use it"
		}
		p.plan.warn("role %s still trusts EKS Pod Identity for %s", name, whom)
		return nil
	}
	if errors.Is(err, trust.ErrPattern) {
		exposure := policy.Exposure(request)
		p.plan.warn("role %s allows the service account by %s, and so everything else that matches (%s): that stays, because it cannot be removed for one alone",
			name, pattern(exposure), p.admitted(policy, request))
		return nil
	}
	if err != nil {
		return refusef("role %s: %s", name, err)
	}
	if edit.Summary == "" {
		return nil
	}
	p.plan.add(change.Revoke{
		EditTrust: change.EditTrust{RoleArn: p.found.Arn, What: edit.In(name), Document: string(edit.Document)},
		Before:    document, Request: request,
	}, why)
	p.found.AssumeRolePolicyDocument = snapshot.PolicyDocument(edit.Document)
	return nil
}

// deleteProvider plans to delete the provider, if it is known that no role trusts it but by what this plan removes.
func (p *planner) deleteProvider() error {
	if p.role.Account == "" { // no role names the account
		caller, ok := p.snapshot.CallerAccount().Get()
		if !ok {
			return refusef("the OIDC provider is not deleted: its account is unknown, because no role is known; name the role")
		}
		p.role = snapshot.ARN{Partition: snapshot.PartitionOf(p.snapshot.Cluster().Region), Account: caller}
		if home := p.snapshot.Home(); home.Account != caller {
			return refusef("the OIDC provider is not deleted: whether the cluster is in account %s of these AWS credentials is unknown; name the role", caller)
		}
	}
	if caller := p.plan.Place.Caller; caller != p.role.Account { // all roles are read with the credentials themselves
		return refusef("the OIDC provider is not deleted: whether other roles of account %s trust it is unknown with AWS credentials of account %s; use credentials of account %s (--aws-profile)",
			p.role.Account, caller, p.role.Account)
	}
	if err := p.lookForIssuer(); err != nil {
		return err
	}
	arn := p.providerARN()
	provider := p.snapshot.OpenIDConnectProvider(arn)
	if provider.Absent() {
		p.plan.warn("account %s has no OIDC provider of the cluster to delete", p.role.Account)
		return nil
	}
	if gap, ok := provider.Gap(); ok {
		return refusef("the OIDC provider is not deleted: whether account %s has it is unknown: %s: %s", p.role.Account, gap.What, gap.Reason)
	}
	f := p.snapshot.Roles()
	roles, ok := f.Get()
	if !ok {
		gap, _ := f.Gap()
		return refusef("the OIDC provider is not deleted: whether other roles trust it is unknown: %s: %s", gap.What, gap.Reason)
	}
	var others []string
	for _, role := range roles {
		document := string(role.AssumeRolePolicyDocument)
		if role.Arn == p.found.Arn {
			document = string(p.found.AssumeRolePolicyDocument)
		}
		if p.trustsProvider(document, arn) {
			others = append(others, role.RoleName)
		}
	}
	if len(others) > 0 {
		return refusef("the OIDC provider is not deleted: it is trusted by %s", few(others))
	}
	p.plan.add(change.DeleteProvider{Arn: arn}, "no role of the account trusts it")
	return nil
}

// listStays lists what a plan leaves in place.
func (p *planner) listStays() {
	if p.account != nil {
		p.plan.stays("service account %s", p.request.account())
	}
	if !p.roleExists() {
		return
	}
	p.plan.stays("role %s and its policies", p.role.RoleName())
	policy, err := trust.ParseReturned([]byte(p.found.AssumeRolePolicyDocument))
	if tokens, ok := p.tokens(p.podIdentityRequest()); err == nil && ok {
		if others := p.others(policy, tokens); len(others) > 0 {
			p.plan.stays("the trust of role %s in others: %s", p.role.RoleName(), few(others))
		}
	}
	arn := p.providerARN()
	deleted := slices.ContainsFunc(p.plan.Steps, func(s Step) bool { _, ok := s.Change.(change.DeleteProvider); return ok })
	if !deleted && p.issuer != "" && p.snapshot.OpenIDConnectProvider(arn).Known() {
		p.plan.stays("OIDC provider %s, which other service accounts of the cluster may use", arn)
	}
}

// trustsProvider reports whether a policy may allow anybody by the provider. A policy that cannot be read may.
func (p *planner) trustsProvider(document, provider string) bool {
	policy, err := trust.ParseReturned([]byte(document))
	if err != nil {
		return strings.Contains(document, provider)
	}
	named := slices.ContainsFunc(policy.Principals(), func(principal trust.Principal) bool {
		return principal.ID == provider || principal.ID == "*"
	})
	if !named {
		return false
	}
	exposure := policy.Exposure(p.webIdentityRequest())
	return exposure.Open() || slices.ContainsFunc(exposure.Exact, func(subject string) bool { return subject != "" })
}

// warnOfRunning names the pods that have the role and keep it: their tokens are renewed as long as they run, and the credentials
// that they have last up to twelve hours.
func (p *planner) warnOfRunning() {
	if len(p.plan.Steps) == 0 {
		return
	}
	var running []string
	for _, pod := range p.pods {
		if inject.Read(pod, p.settings.AnnotationPrefix).Mechanism != inject.None {
			running = append(running, pod.Name)
		}
	}
	if len(running) > 0 {
		p.plan.warn("pods that still run with the role: %s; they lose it when their credentials expire, or when they are recreated", few(running))
	}
}
