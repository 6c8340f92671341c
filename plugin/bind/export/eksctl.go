package export

import (
	"errors"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// eksctl is the plan as eksctl's ClusterConfig (eksctl's schema, v1alpha5). eksctl makes roles and service accounts of its
// own and does not edit the trust policy of a role that exists, so that stays a command.
func eksctl(plan *bind.Plan, s *snapshot.Snapshot) (string, error) {
	if plan.Injection.Mechanism == "" {
		return "", errors.New("eksctl takes away only what it has made itself: use -o aws-cli and -o kubectl")
	}
	cluster := s.Cluster()
	if cluster.Name == "" || cluster.Region == "" {
		return "", errors.New("eksctl needs the EKS cluster's name and region: --eks-cluster, --aws-region")
	}
	var made *change.CreateRole
	var policies []string
	notes := ""
	for _, step := range plan.Steps {
		switch c := step.Change.(type) {
		case change.CreateRole:
			made = &c
		case change.AttachPolicy:
			policies = append(policies, c.PolicyArn)
		case change.Grant, change.AddClientID, change.UpdateAssociation, change.Recreate:
			notes += comment(byHand(c))
		case change.Annotate:
			if c.Value == "" {
				notes += comment(byHand(c))
			}
		}
	}
	if made == nil {
		for _, arn := range policies {
			notes += comment(byHand(change.AttachPolicy{RoleArn: plan.RoleARN, PolicyArn: arn}))
		}
	}
	for _, c := range plan.Later {
		notes += comment(byHand(c))
	}
	iam := map[string]any{"withOIDC": true, "serviceAccounts": []any{eksctlAccount(plan, made, policies)}}
	if plan.Injection.Mechanism == inject.PodIdentity {
		iam = map[string]any{"podIdentityAssociations": []any{eksctlAssociation(plan, made, policies)}}
	}
	text, err := yaml.Marshal(map[string]any{
		"apiVersion": "eksctl.io/v1alpha5", "kind": "ClusterConfig",
		"metadata": map[string]any{"name": cluster.Name, "region": cluster.Region}, "iam": iam,
	})
	return notes + string(text), err
}

func eksctlAccount(plan *bind.Plan, made *change.CreateRole, policies []string) map[string]any {
	account := map[string]any{"metadata": map[string]any{"namespace": plan.Namespace, "name": plan.ServiceAccount}}
	if made == nil {
		account["attachRoleARN"] = plan.RoleARN
		return account
	}
	newRole(account, made, "permissionsBoundary")
	account["attachPolicyARNs"] = policies
	return account
}

func eksctlAssociation(plan *bind.Plan, made *change.CreateRole, policies []string) map[string]any {
	association := map[string]any{"namespace": plan.Namespace, "serviceAccountName": plan.ServiceAccount}
	if made == nil {
		association["roleARN"] = plan.RoleARN
		return association
	}
	newRole(association, made, "permissionsBoundaryARN")
	association["permissionPolicyARNs"] = policies
	return association
}

// newRole says what a role that eksctl makes is like.
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
