package export

import (
	"fmt"
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// resource is a resource of a template.
type resource struct {
	Type string `json:"Type"`
	// DeletionPolicy Retain keeps what existed before when the stack is deleted; an import into a stack requires one.
	DeletionPolicy string         `json:"DeletionPolicy,omitempty"`
	Properties     map[string]any `json:"Properties"`
}

// cloudFormation is the AWS part of the plan as a template. What exists must be imported into the stack.
func cloudFormation(plan *bind.Plan, s *snapshot.Snapshot) (string, error) {
	t := &templater{snapshot: s, at: plan.At, resources: map[string]resource{}}
	for _, step := range plan.Steps {
		if err := t.step(step.Change); err != nil {
			return "", fmt.Errorf("%s: %w", step.Change.Summary(), err)
		}
	}
	for _, c := range plan.Later {
		t.byHand(c)
	}
	if plan.Source != "" {
		t.notes += "# by hand, in the source of the service account:\n" + comment(plan.Source)
	}
	if len(t.resources) == 0 {
		return t.notes + "# nothing changes in AWS\n", nil
	}
	text, err := render.YAML(map[string]any{
		"AWSTemplateFormatVersion": "2010-09-09",
		"Description":              fmt.Sprintf("Role %s for service account %s/%s", plan.RoleARN, plan.Namespace, plan.ServiceAccount),
		"Resources":                t.resources,
	})
	return t.notes + string(text), err
}

type templater struct {
	snapshot  *snapshot.Snapshot
	at        change.Coordinates // of the commands in comments
	resources map[string]resource
	notes     string
}

func (t *templater) step(c change.Change) error {
	if !exact(c, isText) {
		t.byHand(c)
		return nil
	}
	switch c := c.(type) {
	case change.CreateProvider:
		t.resources["Provider"] = resource{Type: "AWS::IAM::OIDCProvider", Properties: map[string]any{"Url": c.Issuer, "ClientIdList": []string{c.ClientID}}}
	case change.AddClientID:
		provider, _ := t.snapshot.OpenIDConnectProvider(c.Arn).Get()
		t.exists("Provider", c.Arn)
		t.resources["Provider"] = resource{Type: "AWS::IAM::OIDCProvider", DeletionPolicy: "Retain", Properties: map[string]any{
			"Url": "https://" + provider.URL, "ClientIdList": append(slices.Clone(provider.ClientIDList), c.ClientID),
		}}
	case change.CreateRole:
		r, err := role(c.Arn, c.Path, c.Document)
		if err != nil {
			return err
		}
		if c.PermissionsBoundary != "" {
			r.Properties["PermissionsBoundary"] = c.PermissionsBoundary
		}
		if len(c.Tags) > 0 {
			r.Properties["Tags"] = c.Tags
		}
		t.resources["Role"] = r
	case change.Grant:
		return t.existingRole(c.RoleArn, c.Document)
	case change.Revoke:
		return t.existingRole(c.RoleArn, c.Document)
	case change.AttachPolicy:
		t.attach(c)
	case change.CreateAssociation:
		t.resources["Association"] = association(c.Cluster, c.Namespace, c.ServiceAccount, c.RoleArn)
	case change.UpdateAssociation:
		t.exists("Association", c.AssociationID)
		r := association(c.Cluster, c.Namespace, c.ServiceAccount, c.RoleArn)
		r.DeletionPolicy = "Retain"
		t.resources["Association"] = r
	default:
		t.byHand(c)
	}
	return nil
}

func association(cluster, namespace, account, role string) resource {
	return resource{Type: "AWS::EKS::PodIdentityAssociation", Properties: map[string]any{
		"ClusterName": cluster, "Namespace": namespace, "ServiceAccount": account, "RoleArn": role,
	}}
}

// attach adds a policy to the role of the template. A role that is not in it is imported with the policies that it has.
func (t *templater) attach(c change.AttachPolicy) {
	r, ok := t.resources["Role"]
	if !ok {
		found, _ := t.snapshot.Role(c.RoleArn).Get()
		if err := t.existingRole(c.RoleArn, string(found.AssumeRolePolicyDocument)); err != nil {
			t.byHand(c)
			return
		}
		r = t.resources["Role"]
	}
	policies, _ := r.Properties["ManagedPolicyArns"].([]string)
	r.Properties["ManagedPolicyArns"] = append(policies, c.PolicyArn)
}

func (t *templater) existingRole(arn, document string) error {
	if _, twice := t.resources["Role"]; twice {
		return fmt.Errorf("the role is edited twice, which a template cannot express")
	}
	found, _ := t.snapshot.Role(arn).Get()
	r, err := role(arn, found.Path, document)
	if err != nil {
		return err
	}
	r.DeletionPolicy = "Retain"
	if found.MaxSessionDuration > 0 {
		r.Properties["MaxSessionDuration"] = found.MaxSessionDuration
	}
	if have := found.AttachedManagedPolicies; have != nil && len(*have) > 0 {
		var policies []string
		for _, policy := range *have {
			policies = append(policies, policy.PolicyArn)
		}
		r.Properties["ManagedPolicyArns"] = policies
	}
	t.exists("Role", found.RoleName)
	t.resources["Role"] = r
	return nil
}

func role(text, path, document string) (resource, error) {
	arn, _ := snapshot.ParseARN(text)
	policy, err := decode([]byte(document))
	if err != nil {
		return resource{}, fmt.Errorf("policy: %w", err)
	}
	properties := map[string]any{"RoleName": arn.RoleName(), "AssumeRolePolicyDocument": policy}
	if path != "" && path != "/" {
		properties["Path"] = path
	}
	return resource{Type: "AWS::IAM::Role", Properties: properties}, nil
}

func (t *templater) exists(logical, id string) {
	t.notes += comment(logical + " exists (" + id + "): write its other properties here too, and import it into the stack before you update the stack")
}

func (t *templater) byHand(c change.Change) {
	t.notes += comment(byHand(c, t.at))
}
