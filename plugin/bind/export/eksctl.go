package export

import (
	"errors"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// eksctl is the plan as eksctl's ClusterConfig (eksctl's schema, v1alpha5). eksctl creates its own roles and service
// accounts and does not edit the trust policy of a role that exists, so that stays a command.
func eksctl(plan *bind.Plan, s *snapshot.Snapshot) (string, error) {
	if plan.Injection.Mechanism == "" {
		return "", errors.New("eksctl deletes only what it has created: use -o aws-cli and -o kubectl")
	}
	cluster := s.Cluster()
	if cluster.Name == "" || cluster.Region == "" {
		return "", errors.New("eksctl needs the EKS cluster's name and region: use --eks-cluster and --aws-region")
	}
	e := &eksctlConfig{plan: plan}
	for _, step := range plan.Steps {
		e.step(step.Change)
	}
	if e.role == nil {
		for _, arn := range e.policies {
			e.byHand(change.AttachPolicy{RoleArn: plan.RoleARN, PolicyArn: arn})
		}
	}
	for _, c := range plan.Later {
		e.byHand(c)
	}
	if plan.Source != "" {
		e.notes += comment("by hand, in the source of the service account:\n" + plan.Source)
	}
	text, err := render.YAML(map[string]any{
		"apiVersion": "eksctl.io/v1alpha5", "kind": "ClusterConfig",
		"metadata": map[string]any{"name": cluster.Name, "region": cluster.Region}, "iam": e.iam(),
	})
	return e.notes + string(text), err
}

// eksctlConfig collects what the entry of the one service account has.
type eksctlConfig struct {
	plan     *bind.Plan
	role     *change.CreateRole // that eksctl creates; nil if the role exists
	policies []string
	notes    string
}

func (e *eksctlConfig) step(c change.Change) {
	// eksctl works in the account of the cluster.
	if account := e.plan.Place.Account(c); account != "" && e.plan.Crosses() || !exact(c, isText) {
		e.byHand(c)
		return
	}
	switch c := c.(type) {
	case change.CreateRole:
		e.role = &c
	case change.AttachPolicy:
		e.policies = append(e.policies, c.PolicyArn)
	default:
		if !e.includes(c) {
			e.byHand(c)
		}
	}
}

// includes reports whether eksctl makes a change because of the entry alone.
func (e *eksctlConfig) includes(c change.Change) bool {
	irsa := e.plan.Injection.Mechanism == inject.WebIdentity
	switch c := c.(type) {
	case change.CreateProvider:
		return irsa // withOIDC
	case change.CreateServiceAccount:
		return irsa // eksctl associates a role with a service account that exists
	case change.Annotate:
		return irsa && c.Value == e.plan.RoleARN
	case change.CreateAssociation:
		return !irsa
	default:
		return false
	}
}

func (e *eksctlConfig) byHand(c change.Change) { e.notes += comment(byHand(c, e.plan.At)) }

func (e *eksctlConfig) iam() map[string]any {
	if e.plan.Injection.Mechanism == inject.PodIdentity {
		return map[string]any{"podIdentityAssociations": []any{e.association()}}
	}
	iam := map[string]any{"withOIDC": true}
	if e.plan.Source == "" || e.role != nil {
		iam["serviceAccounts"] = []any{e.serviceAccount()}
	}
	return iam
}

func (e *eksctlConfig) serviceAccount() map[string]any {
	account := map[string]any{"metadata": map[string]any{"namespace": e.plan.Namespace, "name": e.plan.ServiceAccount}}
	if e.role == nil {
		account["attachRoleARN"] = e.plan.RoleARN
		return account
	}
	newRole(account, e.role, "permissionsBoundary")
	account["attachPolicyARNs"] = e.policies
	if e.plan.Source != "" {
		account["roleOnly"] = true // without it eksctl annotates the service account (eksctl User Guide, IAM Roles for Service Accounts)
	}
	return account
}

func (e *eksctlConfig) association() map[string]any {
	association := map[string]any{"namespace": e.plan.Namespace, "serviceAccountName": e.plan.ServiceAccount}
	if e.role == nil {
		association["roleARN"] = e.plan.RoleARN
		return association
	}
	newRole(association, e.role, "permissionsBoundaryARN")
	association["permissionPolicyARNs"] = e.policies
	return association
}

// newRole describes a role that eksctl creates.
func newRole(entry map[string]any, made *change.CreateRole, boundary string) {
	arn, _ := snapshot.ParseARN(made.Arn)
	entry["roleName"] = arn.RoleName()
	if made.PermissionsBoundary != "" {
		entry[boundary] = made.PermissionsBoundary
	}
	if len(made.Tags) > 0 {
		tags := map[string]string{}
		for _, tag := range made.Tags {
			tags[tag.Key] = tag.Value
		}
		entry["tags"] = tags
	}
}
