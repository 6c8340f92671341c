package change

import "github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"

// EditTrust replaces a role's trust policy. What describes the edit in words.
type EditTrust struct {
	RoleArn  string
	What     string
	Document string
	// Blind reports that it may remove the role from users that were not read, so that the outcome is unknown.
	Blind bool
}

// Summary implements [Change].
func (c EditTrust) Summary() string { return c.What }

// Commands implements [Change].
func (c EditTrust) Commands() [][]string {
	arn, _ := snapshot.ParseARN(c.RoleArn)
	return [][]string{{"aws", "iam", "update-assume-role-policy", "--role-name", arn.RoleName(), "--policy-document", argument(c.Document)}}
}

// Diff implements [Change].
func (c EditTrust) Diff(s *snapshot.Snapshot) (name, before, after string) {
	role, _ := s.Role(c.RoleArn).Get()
	before, after = readablePair(string(role.AssumeRolePolicyDocument), c.Document)
	return c.RoleArn, before, after
}

// Done implements [Change].
func (c EditTrust) Done() string { return c.Object().String() + " trust policy updated" }

// Object implements [Change].
func (c EditTrust) Object() Object { return roleWith(c.RoleArn) }

// Apply implements [Change].
func (c EditTrust) Apply(d *snapshot.Draft) bool {
	if c.Blind || !acceptable(c.Document) {
		return false
	}
	role, ok := d.EditRole(c.RoleArn)
	if ok {
		role.AssumeRolePolicyDocument = snapshot.PolicyDocument(c.Document)
	}
	return ok
}
