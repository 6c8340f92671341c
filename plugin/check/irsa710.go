package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa710 = Check{
	Code: IRSA710, Class: Breaks, Link: LinkPodIdentity,
	Title: "the association's role has no permission to assume the target role",
	Doc: Doc{
		Means: `EKS assumes the target role of an association with the credentials of the association's role. Both sides must allow
it: the trust policy of the target role, and a policy of the association's role. The policies of the association's
role do not allow sts:AssumeRole, or sts:TagSession, which EKS needs unless the association disables session tags. The
IAM policy simulator (iam:SimulatePrincipalPolicy) returns this result; it evaluates the role's policies, its
permissions boundary and service control policies.`,
		Example: `    aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::111122223333:role/web \
        --action-names sts:AssumeRole sts:TagSession --resource-arns arn:aws:iam::444455556666:role/web-target \
        --query 'EvaluationResults[].[EvalActionName,EvalDecision]' --output text
    sts:AssumeRole  allowed
    sts:TagSession  implicitDeny`,
		Fix: `Allow both actions in a policy of the association's role:

    aws iam put-role-policy --role-name web --policy-name assume-target --policy-document '{"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "arn:aws:iam::444455556666:role/web-target"}]}'

A permissions boundary or a service control policy must not deny the actions. Then restart the pods, or wait an hour:
the agent caches the credentials of a target role for 59 minutes.`,
		Verify: `Simulate the actions:

    aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::111122223333:role/web \
        --action-names sts:AssumeRole sts:TagSession --resource-arns arn:aws:iam::444455556666:role/web-target \
        --query 'EvaluationResults[].[EvalActionName,EvalDecision]' --output text`,
	},
	Run: func(s *subject.Subject) Outcome {
		if out, settled := beforePodIdentity(s); settled {
			return out
		}
		j := s.PodIdentity
		switch {
		case s.Intent.Association == nil:
			return gap(s.Associations)
		case j.Target == nil:
			return skip("the association has no target role")
		case j.Role.Absent():
			return skip(IRSA301)
		case j.Target.Role.Absent():
			return skip(IRSA704)
		}
		permitted, known := j.Target.Permission.Get()
		switch {
		case !known:
			return gap(j.Target.Permission)
		case permitted:
			return pass(j.Target.Permission.Source())
		}
		arn, _ := snapshot.ParseARN(j.RoleARN)
		out := Outcome{
			Result: Fail, Where: "role " + arn.RoleName() + ", its policies", Have: "no permission for " + strings.Join(j.Target.Lacks, " and ") + " on " + j.Target.ARN,
			Need:     "both sides allow it: the trust policy of the target role, and a policy of role " + arn.RoleName(),
			Why:      "EKS assumes the target role with the credentials of the association's role",
			Evidence: []string{j.Target.Permission.Source()},
		}
		if j.Target.Forbidden {
			out.Advice = "remove the explicit Deny from the role's policies, its permissions boundary or a service control policy"
			return out
		}
		out.Fix = []change.Change{change.AllowAssume{RoleArn: j.RoleARN, TargetArn: j.Target.ARN, Actions: j.Target.Lacks}}
		return out
	},
}
