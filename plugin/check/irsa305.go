package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa305 = Check{
	Code: IRSA305, Class: Breaks, Link: LinkRole,
	Title: "the configured role ARN differs from the role's real ARN",
	Doc: Doc{
		Means: `The account has a role with this name, but its ARN is different: another partition (aws, aws-cn,
aws-us-gov), another path, or another letter case. IAM finds a role by its name only, so aws iam get-role works. STS
compares the whole ARN and answers AccessDenied.`,
		Example: `    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations.eks\.amazonaws\.com/role-arn}'
    arn:aws:iam::111122223333:role/web
    $ aws iam get-role --role-name web --query Role.Arn --output text
    arn:aws:iam::111122223333:role/workloads/web

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Copy the ARN from IAM with its path, then restart the workload:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/workloads/web --overwrite
    kubectl rollout restart deployment/web -n shop`,
		Verify: `Compare the two ARNs, character by character:

    kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations.eks\.amazonaws\.com/role-arn}'
    aws iam get-role --role-name web --query Role.Arn --output text`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachNamedRole(s, func(r *subject.NamedRole) Outcome {
			switch {
			case r.Role.Known():
				return pass(r.Role.Source())
			case r.Other != nil:
				return otherARN(s, r)
			case r.Role.Absent():
				return skip(IRSA301)
			default:
				return gap(r.Role)
			}
		})
	},
}

func otherARN(s *subject.Subject, r *subject.NamedRole) Outcome {
	out := Outcome{
		Result: Fail, Where: "AWS_ROLE_ARN of " + strings.Join(r.Containers, ", "), Have: r.RoleARN, Need: r.Other.Arn,
		Why:      difference(r.RoleARN, r.ARN) + "; STS compares the whole ARN",
		Advice:   "set the role's ARN as IAM returns it, then recreate the pod",
		Evidence: []string{r.Role.Source()},
	}
	switch {
	case r.Associated:
		association := s.Intent.Association
		out.Where = "association " + association.AssociationID + ", roleArn"
		out.Fix = []change.Change{change.UpdateAssociation{
			Cluster: s.Snapshot.Cluster().Name, AssociationID: association.AssociationID, Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, RoleArn: r.Other.Arn,
		}}
	case s.Binding.RoleARN == r.RoleARN:
		out.Where = accountWhere(s) + ", annotation " + s.RoleKey()
		out.Fix = append([]change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.RoleKey(), Value: r.Other.Arn}}, recreate(s)...)
	}
	return out
}

// difference names what differs between the given ARN and the ARN of the existing role.
func difference(named string, exists snapshot.ARN) string {
	arn, _ := snapshot.ParseARN(named)
	switch {
	case arn.Partition != exists.Partition:
		return "the role is in partition " + exists.Partition
	case strings.EqualFold(arn.Resource, exists.Resource):
		return "the letter case of the role's name differs"
	case pathOf(exists) == "/":
		return "the role has no path"
	default:
		return "the role has path " + pathOf(exists)
	}
}

// pathOf is the path of a role: "/" where it has none.
func pathOf(role snapshot.ARN) string {
	path := strings.TrimPrefix(role.Resource, "role")
	return path[:strings.LastIndex(path, "/")+1]
}
