package change

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A Tag is an AWS tag.
type Tag struct{ Key, Value string }

// CreateRole creates a role with a trust policy. The policies that are attached to it decide what it may do.
type CreateRole struct {
	Arn                 string
	Path                string // with a slash at both ends, "/" where the role has none
	Document            string
	PermissionsBoundary string // the ARN of a policy; empty for none
	Tags                []Tag
}

// Summary implements [Change].
func (c CreateRole) Summary() string {
	arn, _ := snapshot.ParseARN(c.Arn)
	return "create role " + arn.RoleName() + " in account " + arn.Account
}

// Commands implements [Change].
func (c CreateRole) Commands() [][]string {
	arn, _ := snapshot.ParseARN(c.Arn)
	argv := []string{"aws", "iam", "create-role", "--role-name", arn.RoleName(), "--assume-role-policy-document", argument(c.Document)}
	if c.Path != "/" {
		argv = append(argv, "--path", c.Path)
	}
	if c.PermissionsBoundary != "" {
		argv = append(argv, "--permissions-boundary", c.PermissionsBoundary)
	}
	if len(c.Tags) > 0 {
		argv = append(argv, "--tags", jsonArgument(c.Tags)) // in the shorthand form a comma would end the value
	}
	return [][]string{argv}
}

// Diff implements [Change].
func (c CreateRole) Diff(*snapshot.Snapshot) (name, before, after string) {
	text := fields("Path", c.Path)
	if c.PermissionsBoundary != "" {
		text += fields("PermissionsBoundary", c.PermissionsBoundary)
	}
	for _, tag := range c.Tags {
		text += fields("Tag", tag.Key+"="+tag.Value)
	}
	return c.Arn, "", text + "AssumeRolePolicyDocument:\n" + readable(c.Document)
}

// Done implements [Change].
func (c CreateRole) Done() string { return c.Object().String() + " created" }

// Object implements [Change].
func (c CreateRole) Object() Object { return roleWith(c.Arn) }

// Apply implements [Change].
func (c CreateRole) Apply(d *snapshot.Draft) bool {
	if d.AWS == nil || !acceptable(c.Document) {
		return false
	}
	arn, _ := snapshot.ParseARN(c.Arn)
	d.AWS.Roles = append(d.AWS.Roles, snapshot.Role{
		RoleName: arn.RoleName(), Arn: c.Arn, Path: c.Path,
		AssumeRolePolicyDocument: snapshot.PolicyDocument(c.Document), AttachedManagedPolicies: &[]snapshot.AttachedPolicy{},
	})
	d.NotFound = slices.DeleteFunc(d.NotFound, func(m snapshot.Missing) bool {
		return m.Resource == "iam:GetRole" && (m.Name == arn.RoleName() || m.Name == c.Arn)
	})
	return true
}
