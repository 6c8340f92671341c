package bind

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// A planner works out one plan.
type planner struct {
	snapshot *snapshot.Snapshot
	request  Request
	plan     *Plan
	settings inject.Settings

	issuer  string
	role    snapshot.ARN
	found   snapshot.Role          // the role, zero where it is created
	account *corev1.ServiceAccount // nil where it is created
	pods    []*corev1.Pod          // of the service account, the newest first
	bound   *snapshot.Snapshot     // in which the service account is bound already; nil until it is needed
}

// New plans how a service account gets a role. A plan without steps says that there is nothing to change. The
// error is a *Refusal.
func New(s *snapshot.Snapshot, r Request) (*Plan, error) {
	p := newPlanner(s, r)
	if err := p.look(); err != nil {
		return nil, err
	}
	var err error
	switch {
	case r.Migrate:
		err = p.migrate()
	case r.PodIdentity:
		err = p.podIdentity()
	default:
		err = p.webIdentity()
	}
	if err != nil {
		return nil, err
	}
	p.restart()
	p.prove()
	return p.plan, nil
}

func newPlanner(s *snapshot.Snapshot, r Request) *planner {
	p := &planner{
		snapshot: s, request: r, settings: inject.EKS(s.Cluster().Region),
		plan: &Plan{Namespace: r.Namespace, ServiceAccount: r.ServiceAccount, RoleARN: r.RoleARN, Place: placeOf(s, r), At: r.At.In(s)},
	}
	p.pods = p.findPods()
	return p
}

// look finds what the plan is about, and refuses what cannot be bound at all.
func (p *planner) look() error {
	if p.request.Migrate && p.request.RoleARN == "" {
		if err := p.lookForMigrated(); err != nil {
			return err
		}
	}
	if why := inject.CheckRoleARN(p.request.RoleARN); why != "" {
		return refusef("%q is not the ARN of a role: %s", p.request.RoleARN, why)
	}
	p.role, _ = snapshot.ParseARN(p.request.RoleARN)
	if err := p.guardPlace(p.request.RoleARN); err != nil {
		return err
	}
	if err := p.lookForAccount(); err != nil {
		return err
	}
	if err := p.lookForRole(); err != nil {
		return err
	}
	return p.guardRole()
}

func (p *planner) lookForAccount() error {
	// What is in a namespace on its way out is deleted too, and nothing new is accepted.
	if namespace, ok := p.snapshot.Namespace(p.request.Namespace).Get(); ok && namespace.DeletionTimestamp != nil {
		return refusef("namespace %s is being deleted", p.request.Namespace)
	}
	f := p.snapshot.ServiceAccount(p.request.Namespace, p.request.ServiceAccount)
	if gap, ok := f.Gap(); ok {
		return refusef("service account %s is unknown: %s: %s", p.request.account(), gap.What, gap.Reason)
	}
	if account, ok := f.Get(); ok {
		p.account = account
		return nil
	}
	if p.snapshot.Namespace(p.request.Namespace).Absent() {
		return refusef("namespace %s does not exist", p.request.Namespace)
	}
	if !p.request.CreateServiceAccount {
		return refusef("service account %s does not exist: use --create-serviceaccount to create it", p.request.account())
	}
	return nil
}

func (p *planner) lookForRole() error {
	f := p.snapshot.Role(p.request.RoleARN)
	if role, ok := f.Get(); ok {
		p.found = role
		return nil
	}
	if gap, ok := f.Gap(); ok {
		return refusef("role %s is unknown: %s: %s", p.role.RoleName(), gap.What, gap.Reason)
	}
	if other, ok := p.snapshot.RoleNamed(p.role.Account, p.role.RoleName()); ok {
		return refusef("role %s does not exist: the role of that name is %s", p.request.RoleARN, other.Arn)
	}
	if !p.request.CreateRole {
		return refusef("role %s does not exist: use --create-role to create it", p.request.RoleARN)
	}
	return nil
}

// roleExists reports whether the role is there already.
func (p *planner) roleExists() bool { return p.found.Arn != "" }

// path is the path in the role's ARN, with a slash at both ends.
func (p *planner) path() string {
	resource := p.role.Resource[len("role"):]
	return resource[:len(resource)-len(p.role.RoleName())]
}

// audience is what the webhook gives the service account's tokens.
func (p *planner) audience() string {
	binding := p.settings.Binding(p.account, p.request.Namespace, p.request.ServiceAccount)
	if p.account == nil || binding.Audience == "" {
		return trust.DefaultAudience
	}
	return binding.Audience
}

// roleKey is the annotation that binds.
func (p *planner) roleKey() string { return p.settings.AnnotationPrefix + "/" + inject.RoleARN }

func (p *planner) subject() trust.Subject {
	return trust.Subject{Namespace: p.request.Namespace, Name: p.request.ServiceAccount}
}

// missing returns the managed policies that the role does not have. Where its policies were not read all are
// attached, which changes nothing about those that it has.
func (p *planner) missing() []string {
	have := p.found.AttachedManagedPolicies
	return slices.DeleteFunc(slices.Clone(p.request.PolicyARNs), func(arn string) bool {
		return have != nil && slices.ContainsFunc(*have, func(a snapshot.AttachedPolicy) bool { return a.PolicyArn == arn })
	})
}

// command is a command of the plugin itself, as a line for a shell.
func (p *planner) command(args ...string) string {
	return p.kubectl(append([]string{"irsa"}, args...)...)
}

// kubectl is a command of kubectl, as a line for a shell.
func (p *planner) kubectl(args ...string) string {
	line, _ := p.plan.At.Line(append([]string{"kubectl"}, args...)) // what cannot be printed is escaped with the rest of the sentence
	return line
}
