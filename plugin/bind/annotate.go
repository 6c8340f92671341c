package bind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// annotate plans the service account and its annotation.
func (p *planner) annotate() error {
	key, value := p.roleKey(), p.request.RoleARN
	const why = "new pods of the service account get this role"
	if p.account == nil {
		p.plan.add(change.CreateServiceAccount{Namespace: p.request.Namespace, Name: p.request.ServiceAccount, Key: key, Value: value}, why)
		return nil
	}
	have := p.account.Annotations[key]
	if have == value {
		return nil
	}
	if leave, err := p.guardAccount(fmt.Sprintf("%s: %s", key, value)); leave || err != nil {
		return err
	}
	p.plan.add(change.Annotate{Namespace: p.request.Namespace, ServiceAccount: p.request.ServiceAccount, Key: key, Value: value}, why)
	p.warnOfFormer(have)
	return nil
}

// warnOfFormer says what becomes of the role that the service account has: new pods no longer get it, and it still trusts the
// service account.
func (p *planner) warnOfFormer(arn string) {
	if arn == "" {
		return
	}
	trusts := "may still trust"
	role, known := p.snapshot.Role(arn).Get()
	if p.snapshot.Role(arn).Absent() {
		trusts = ""
	} else if policy, err := trust.ParseReturned([]byte(role.AssumeRolePolicyDocument)); known && err == nil {
		trusts = ""
		if p.admits(policy) {
			trusts = "still trusts"
		}
	}
	p.plan.warn("new pods of service account %s no longer get role %s", p.request.account(), arn)
	if trusts != "" {
		p.plan.advise(p.command("unbind", p.request.account(), arn), "role %s %s service account %s; to remove that", arn, trusts, p.request.account())
	}
}

// admits reports whether a policy may allow the service account, by either mechanism.
func (p *planner) admits(policy *trust.Policy) bool {
	requests := []trust.Request{p.podIdentityRequest()}
	if tokens, ok := p.tokens(requests[0]); ok {
		requests = append(requests, tokens)
	}
	return slices.ContainsFunc(requests, func(r trust.Request) bool { return policy.Verdict(r).MayAllow() })
}

// guardAccount decides whether the annotation may be changed. leave says that it is left to the program that manages
// the service account: its source should have the line, or should not have the annotation where line is empty.
func (p *planner) guardAccount(line string) (leave bool, err error) {
	manager := managerOf(p.account)
	if manager != nil && p.request.ForceConflicts {
		p.plan.warn("%s manages service account %s, and reverts the annotation unless its source has the same value", manager.name, p.request.account())
		return false, nil
	}
	if manager != nil {
		p.plan.warn("%s manages service account %s, and would revert the annotation: change its source instead, or use --force-conflicts",
			manager.name, p.request.account())
		p.plan.Source = p.sourceEdit(manager, line)
		return true, nil
	}
	owners := ownersOf(p.account, p.roleKey())
	if len(owners) == 0 {
		return false, nil
	}
	if p.request.ForceConflicts {
		p.plan.warn("the annotation is owned by the field manager %s, which may set it again", strings.Join(owners, ", "))
		return false, nil
	}
	return false, refusef("annotation %s of service account %s is owned by the field manager %s: change it there, or use --force-conflicts",
		p.roleKey(), p.request.account(), strings.Join(owners, ", "))
}

// sourceEdit is the edit for the source of a service account that another program manages.
func (p *planner) sourceEdit(manager *source, line string) string {
	if line == "" {
		return fmt.Sprintf("# in %s, remove the annotation of the service account\n%s\n", manager.where, p.roleKey())
	}
	if manager.name == "Helm" {
		return fmt.Sprintf("# in %s, if the chart uses the usual keys\nserviceAccount:\n  annotations:\n    %s\n", manager.where, line)
	}
	return fmt.Sprintf("# in %s\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  namespace: %s\n  name: %s\n  annotations:\n    %s\n",
		manager.where, p.request.Namespace, p.request.ServiceAccount, line)
}
