package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa304 = Check{
	Code: IRSA304, Class: Note, Link: LinkRole,
	Title: "the role has no permissions",
	Doc: Doc{
		Means: `The pod can assume the role, but the role has no permissions: it has no attached managed policy and no
inline policy. Calls that need a permission fail with AccessDenied. Only access that a resource policy (a bucket
policy, a key policy) grants to the role directly works.`,
		Example: `    $ aws iam list-attached-role-policies --role-name web
    {"AttachedPolicies": []}
    $ aws iam list-role-policies --role-name web
    {"PolicyNames": []}

The error in the pod's log:

    User: arn:aws:sts::111122223333:assumed-role/web/botocore-session-1718452800 is not authorized to perform: s3:ListBucket`,
		Fix: `Attach a policy that allows what the workload does:

    aws iam attach-role-policy --role-name web --policy-arn arn:aws:iam::111122223333:policy/web

Permissions take effect within seconds. You do not need to recreate pods.`,
		Verify: `    aws iam list-attached-role-policies --role-name web

The message of a denied call names the identity. If it names the role, the identity is right and a permission is
missing.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachNamedRole(s, func(r *subject.NamedRole) Outcome {
			role, found := r.Found()
			switch {
			case !found && r.Role.Absent():
				return skip(IRSA301)
			case !found:
				return gap(r.Role)
			}
			attached, inline := role.AttachedManagedPolicies, role.RolePolicyList
			switch {
			case attached != nil && len(*attached) > 0, inline != nil && len(*inline) > 0:
				return pass(r.Role.Source())
			case attached == nil:
				return policiesNotRead(s, "iam:ListAttachedRolePolicies", role)
			case inline == nil:
				return policiesNotRead(s, "iam:ListRolePolicies", role)
			}
			name := r.ARN.RoleName()
			return Outcome{
				Result: Fail, Where: "role " + name, Have: "no attached policy and no inline policy", Need: "a policy that allows what the workload does",
				Why:      "without a policy the role has only the access that resource policies grant to it directly",
				Advice:   "attach a policy to role " + name,
				Look:     []string{"aws", "iam", "attach-role-policy", "--role-name", name, "--policy-arn", "arn:" + r.ARN.Partition + ":iam::aws:policy/POLICY"},
				Evidence: []string{"iam:ListAttachedRolePolicies " + name, "iam:ListRolePolicies " + name},
			}
		})
	},
}

// policiesNotRead is why a role's policies are unknown: reading them was denied, or they were not read.
func policiesNotRead(s *subject.Subject, operation string, role snapshot.Role) Outcome {
	arn, _ := snapshot.ParseARN(role.Arn)
	what := operation + " " + arn.RoleName()
	for _, m := range s.Snapshot.Document().Unreadable {
		if m.Resource == operation && slices.Contains([]string{"", role.Arn, arn.RoleName()}, m.Name) && (m.Account == "" || m.Account == arn.Account) {
			return unknown(fact.Gap{What: what, Reason: strings.TrimSpace(m.Error)})
		}
	}
	return Outcome{Result: Unknown, Why: what + ": it was not read"}
}
