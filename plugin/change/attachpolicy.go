package change

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// AttachPolicy attaches a managed policy to a role.
type AttachPolicy struct{ RoleArn, PolicyArn string }

// Summary implements [Change].
func (c AttachPolicy) Summary() string {
	arn, _ := snapshot.ParseARN(c.RoleArn)
	return "attach policy " + c.PolicyArn + " to role " + arn.RoleName()
}

// Commands implements [Change].
func (c AttachPolicy) Commands() [][]string {
	arn, _ := snapshot.ParseARN(c.RoleArn)
	return [][]string{{"aws", "iam", "attach-role-policy", "--role-name", arn.RoleName(), "--policy-arn", c.PolicyArn}}
}

// Diff implements [Change].
func (c AttachPolicy) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.RoleArn, "", fields("PolicyArn", c.PolicyArn)
}

// Done implements [Change].
func (c AttachPolicy) Done() string { return c.Object().String() + " given " + c.PolicyArn }

// Object implements [Change].
func (c AttachPolicy) Object() Object { return roleWith(c.RoleArn) }

// Apply implements [Change].
func (c AttachPolicy) Apply(d *snapshot.Draft) bool {
	role, ok := d.EditRole(c.RoleArn)
	if ok && role.AttachedManagedPolicies != nil {
		list := append(slices.Clip(*role.AttachedManagedPolicies), snapshot.AttachedPolicy{PolicyArn: c.PolicyArn})
		role.AttachedManagedPolicies = &list
	}
	return ok
}
