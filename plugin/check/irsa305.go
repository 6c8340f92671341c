package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa305 = Check{
	Code: IRSA305, Class: Breaks, Link: LinkRole,
	Title: "the ARN does not match the role that bears the name",
	Doc: Doc{
		Means: `The account has a role of this name, and its ARN is another one than the one that was given: another partition
(aws, aws-cn, aws-us-gov), another path or none, or other letters in upper and lower case. IAM finds a role by its
name alone, which hides the slip; STS wants the whole ARN and answers AccessDenied.`,
		Example: `    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations.eks\.amazonaws\.com/role-arn}'
    arn:aws:iam::111122223333:role/web
    $ aws iam get-role --role-name web --query Role.Arn --output text
    arn:aws:iam::111122223333:role/workloads/web`,
		Fix: `Copy the ARN from IAM, path and all, and make the pods anew:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/workloads/web --overwrite
    kubectl rollout restart deployment/web -n shop`,
		Verify: `Compare what IAM prints with what stands in the annotation, character by character:

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
		Why:      difference(r.RoleARN, r.ARN) + "; STS compares the whole ARN, while IAM finds a role by its name alone",
		Advice:   "write the role's ARN as IAM has it, then make the pod anew",
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

// difference says in what the ARN of a role differs from that of the one that exists.
func difference(named string, exists snapshot.ARN) string {
	arn, _ := snapshot.ParseARN(named)
	switch {
	case arn.Partition != exists.Partition:
		return "the role is in the partition " + exists.Partition
	case strings.EqualFold(arn.Resource, exists.Resource):
		return "upper and lower case of the role's name count in an ARN"
	case pathOf(exists) == "/":
		return "the role has no path"
	default:
		return "the role has the path " + pathOf(exists)
	}
}

// pathOf is the path of a role: "/" where it has none.
func pathOf(role snapshot.ARN) string {
	path := strings.TrimPrefix(role.Resource, "role")
	return path[:strings.LastIndex(path, "/")+1]
}
