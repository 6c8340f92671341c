package check

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa704 = Check{
	Code: IRSA704, Class: Breaks, Link: LinkPodIdentity,
	Title: "the association's role does not let EKS Pod Identity take it",
	Doc: Doc{
		Means: `EKS takes the association's role in the pod's place, as the service pods.eks.amazonaws.com, and passes tags with it
that say which cluster, namespace, service account and pod it is for. So the role's trust policy has to allow that
service both sts:AssumeRole and sts:TagSession, and where it tests the tags, they have to be this pod's. A role made for
IRSA trusts an OIDC provider and does not let the service in.`,
		Example: `A trust policy with one of the two actions:

    {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:AssumeRole"}

The agent then answers: EKS does not have permissions to assume the associated role.`,
		Fix: `Allow both actions:

    {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}

To let in this service account alone, test the tags, as aws:RequestTag: the session's own tags are aws:PrincipalTag
only afterwards.

    "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "shop", "aws:RequestTag/kubernetes-service-account": "web"}}`,
		Verify: `Read the trust policy, and look in CloudTrail for the refused call:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument
    aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRoleForPodIdentity`,
	},
	Run: func(s *subject.Subject) Outcome {
		if out, settled := beforePodIdentity(s); settled {
			return out
		}
		j := s.PodIdentity
		if s.Intent.Association == nil {
			return gap(s.Associations)
		}
		if up, known := j.Agent.Get(); known && !up {
			return skip(IRSA703)
		}
		switch {
		case j.ElsewhereAccount != "":
			return skip(IRSA708)
		case j.Role.Absent():
			return skip(IRSA301)
		case j.PolicyError != nil:
			return podIdentityUnparsed(s)
		case j.Denied():
			return podIdentityRefused(s)
		case j.TargetRole != nil && j.TargetRole.Absent():
			return targetRoleMissing(s)
		}
		if gaps := j.TrustGaps(); len(gaps) > 0 {
			return unknown(gaps...)
		}
		return pass(j.Role.Source())
	},
}

func podIdentityUnparsed(s *subject.Subject) Outcome {
	j := s.PodIdentity
	return Outcome{
		Result: Fail, Where: "role " + j.RoleARN + ", trust policy", Have: j.PolicyError.Error(), Need: "a policy that IAM accepts",
		Why: "a document that cannot be read allows nothing", Evidence: []string{j.Role.Source()},
		Advice: "write the policy anew, with sts:AssumeRole and sts:TagSession for pods.eks.amazonaws.com",
	}
}

func podIdentityRefused(s *subject.Subject) Outcome {
	j := s.PodIdentity
	d := j.Decision
	arn, _ := snapshot.ParseARN(j.RoleARN)
	name := arn.RoleName()
	out := Outcome{
		Result: Fail, Where: "role " + name + ", trust policy", Have: d.Have, Need: d.Need, Why: d.Reason,
		Evidence: []string{j.Role.Source()}, Advice: "let the trust policy allow pods.eks.amazonaws.com sts:AssumeRole and sts:TagSession",
	}
	if d.Where != "" {
		out.Where += ", " + d.Where
	}
	if out.Why == "" {
		out.Why = "EKS takes the role as the service pods.eks.amazonaws.com, with both actions and with tags that name the pod, and the trust policy does not allow that"
	}
	if edit, ok := podIdentityEdit(j); ok {
		out.Fix = []change.Change{change.EditTrust{RoleArn: j.RoleARN, What: fmt.Sprintf("role %s: %s", name, edit.Summary), Document: string(edit.Document)}}
	}
	return out
}

// podIdentityEdit is the edit of the trust policy that allows the pod.
func podIdentityEdit(j *subject.PodIdentityJudgement) (trust.Edit, bool) {
	edit, err := j.Policy.Fix(j.Request)
	return edit, err == nil && edit.Summary != "" && edit.Size <= trust.QuotaMaximum
}

func targetRoleMissing(s *subject.Subject) Outcome {
	target := s.Intent.Association.TargetRoleArn
	return Outcome{
		Result: Fail, Where: "association " + s.Intent.Association.AssociationID + ", targetRoleArn", Have: target, Need: "a role that exists",
		Why: "EKS takes the target role with the credentials of the association's role", Evidence: []string{s.PodIdentity.TargetRole.Source()},
		Advice: "create the target role, or name another one in the association",
	}
}
