package bind

import (
	"cmp"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
)

// migrate plans the way from IRSA to EKS Pod Identity. As long as a pod uses the old parts they stay: the role trusts
// both, the association is created, pods are recreated. A later run finds that all pods use the association, and removes
// the annotation and the old trust.
func (p *planner) migrate() error {
	if p.account == nil || !p.roleExists() {
		return refusef("nothing to migrate: service account %s and role %s must both exist", p.request.account(), p.role.RoleName())
	}
	list, _ := p.snapshot.Associations(p.request.Namespace, p.request.ServiceAccount).Get()
	annotated := p.account.Annotations[p.roleKey()]
	if len(list) == 0 && annotated != p.request.RoleARN {
		return refusef("nothing to migrate: service account %s is not bound to role %s by IRSA; use --pod-identity alone to bind it", p.request.account(), p.role.RoleName())
	}
	if err := p.podIdentity(); err != nil {
		return err
	}
	if len(p.plan.Steps) > 0 {
		p.plan.warn("the annotation and the trust in the cluster's tokens stay until no pod uses them: run the same command again when all pods are recreated")
		p.plan.Again = true
		return nil
	}
	if left := p.notMoved(); left != "" {
		p.plan.warn("pod %s still uses the annotated role, so the annotation and its trust stay: run the same command again when the pod is recreated", left)
		p.plan.Again = true
		return nil
	}
	return p.retire(annotated)
}

// lookForMigrated finds the role that is migrated where none was named: the one that the service account has.
func (p *planner) lookForMigrated() error {
	account, _ := p.snapshot.ServiceAccount(p.request.Namespace, p.request.ServiceAccount).Get()
	annotated, associated := "", ""
	if account != nil {
		annotated = account.Annotations[p.roleKey()]
	}
	if list, _ := p.snapshot.Associations(p.request.Namespace, p.request.ServiceAccount).Get(); len(list) > 0 {
		associated = list[0].RoleArn
	}
	role := cmp.Or(associated, annotated)
	switch {
	case role == "":
		return refusef("service account %s has no role to migrate: neither an annotation nor an association names one", p.request.account())
	case annotated != "" && annotated != role:
		return refusef("service account %s is annotated with %s, and its association has role %s: name the role that it should have", p.request.account(), annotated, role)
	}
	p.request.RoleARN, p.plan.RoleARN = role, role
	return nil
}

// notMoved returns a pod that has the old injection still, empty if there is none.
func (p *planner) notMoved() string {
	for _, pod := range p.pods {
		if !p.injection().In(pod) {
			return pod.Name
		}
	}
	return ""
}

// retire plans to remove the old parts.
func (p *planner) retire(annotated string) error {
	if annotated != "" {
		leave, err := p.guardAccount("")
		if err != nil {
			return err
		}
		if !leave {
			p.plan.add(change.Annotate{Namespace: p.request.Namespace, ServiceAccount: p.request.ServiceAccount, Key: p.roleKey()},
				"the association takes precedence over it")
		}
	}
	if err := p.lookForIssuer(); err != nil {
		return err
	}
	return p.revoke(p.webIdentityRequest(), "no pod assumes the role with a token of the cluster any more")
}
