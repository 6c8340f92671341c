package change

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// AllowAssume gives a role an inline policy by which it may assume another one.
type AllowAssume struct {
	RoleArn, TargetArn string
	Actions            []string
}

// assumePolicy is the name of the inline policy.
const assumePolicy = "assume-target-role"

// Summary implements [Change].
func (c AllowAssume) Summary() string {
	return "allow role " + c.Object().Name + " " + strings.Join(c.Actions, " and ") + " on " + c.TargetArn +
		", by an inline policy (a permissions boundary or a service control policy may still deny it)"
}

// Commands implements [Change].
func (c AllowAssume) Commands() [][]string {
	return [][]string{{"aws", "iam", "put-role-policy", "--role-name", c.Object().Name, "--policy-name", assumePolicy, "--policy-document", c.document()}}
}

func (c AllowAssume) document() string {
	type statement struct {
		Effect   string
		Action   []string
		Resource string
	}
	return jsonArgument(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{{"Allow", c.Actions, c.TargetArn}}})
}

// Diff implements [Change].
func (c AllowAssume) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.Object().String() + " policy " + assumePolicy, "", readable(c.document())
}

// Done implements [Change].
func (c AllowAssume) Done() string { return c.Object().String() + " given " + assumePolicy }

// Object implements [Change].
func (c AllowAssume) Object() Object { return roleWith(c.RoleArn) }

// Apply implements [Change].
func (c AllowAssume) Apply(d *snapshot.Draft) bool {
	if d.AWS == nil {
		return false
	}
	simulation := snapshot.PolicySimulation{PolicySourceArn: c.RoleArn}
	for _, one := range d.AWS.PolicySimulations {
		if one.PolicySourceArn != c.RoleArn {
			continue
		}
		for _, r := range one.EvaluationResults {
			switch {
			case r.EvalResourceName != c.TargetArn, slices.Contains(c.Actions, r.EvalActionName) && r.EvalDecision == "implicitDeny":
			default:
				simulation.EvaluationResults = append(simulation.EvaluationResults, r)
			}
		}
	}
	for _, action := range c.Actions {
		simulation.EvaluationResults = append(simulation.EvaluationResults, snapshot.EvaluationResult{EvalActionName: action, EvalResourceName: c.TargetArn, EvalDecision: "allowed"})
	}
	if role, ok := d.EditRole(c.RoleArn); ok && role.RolePolicyList != nil {
		policies := append(slices.Clone(*role.RolePolicyList), snapshot.InlinePolicyName{})
		role.RolePolicyList = &policies
	}
	d.AWS.PolicySimulations = append([]snapshot.PolicySimulation{simulation}, d.AWS.PolicySimulations...)
	return true
}
