package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa704 = Check{
	Code: IRSA704, Class: Breaks, Link: LinkPodIdentity,
	Title: "a role of the association does not allow EKS Pod Identity to assume it",
	Doc: Doc{
		Means: `EKS assumes the association's role for the pod, as the service pods.eks.amazonaws.com, and passes session tags that
name cluster, namespace, service account and pod. So the role's trust policy must allow that service both sts:AssumeRole
and sts:TagSession, and where it tests the tags, they must be this pod's. A role made for IRSA trusts an OIDC provider
and does not allow the service.

An association with disableSessionTags passes no tags: every condition on aws:RequestTag fails then. EKS requires
disableSessionTags of an association with a session policy.

An association may also have a target role, which EKS assumes with the credentials of the first one. The target role's
trust policy must allow the first role the same two actions. Where it tests sts:ExternalId, that must be the
association's externalId: REGION/ACCOUNT/CLUSTER/NAMESPACE/SERVICEACCOUNT.`,
		Example: `A trust policy with one of the two actions:

    {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:AssumeRole"}

The agent then answers: EKS does not have permissions to assume the associated role.`,
		Fix: `Allow both actions:

    {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}

To allow this service account alone, test the tags as aws:RequestTag: the session's own tags are aws:PrincipalTag only
afterwards.

    "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "shop", "aws:RequestTag/kubernetes-service-account": "web"}}

In the trust policy of a target role the principal is the first role:

    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/web"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}

Where the trust policy tests tags and the association disables them, enable them again:

    aws eks update-pod-identity-association --cluster-name prod --association-id a-0123456789abcdefg --no-disable-session-tags`,
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
			return unparsedTrust(j.RoleARN, j.PolicyError, j.Role.Source())
		case j.Denied():
			return podIdentityRefused(s)
		}
		if j.Target != nil {
			if out, failed := targetRefused(s); failed {
				return out
			}
		}
		if gaps := j.TrustGaps(); len(gaps) > 0 {
			return unknown(gaps...)
		}
		return pass(j.Role.Source())
	},
}

func unparsedTrust(role string, err error, source string) Outcome {
	return Outcome{
		Result: Fail, Where: "role " + role + ", trust policy", Have: err.Error(), Need: "a policy that IAM accepts",
		Why: "a document that cannot be read allows nothing", Evidence: []string{source},
		Advice: "write the policy again, with sts:AssumeRole and sts:TagSession for " + trust.PodIdentityService,
	}
}

func podIdentityRefused(s *subject.Subject) Outcome {
	j := s.PodIdentity
	out := associationTrust(s, j.RoleARN, j.Policy, j.Request, j.Decision)
	out.Evidence = []string{j.Role.Source()}
	if out.Why == "" {
		out.Why = "EKS assumes the role as the service pods.eks.amazonaws.com, with both actions and with tags that name the pod, and the trust policy does not allow that"
	}
	if out.Advice == "" {
		out.Advice = "let the trust policy allow pods.eks.amazonaws.com sts:AssumeRole and sts:TagSession"
	}
	return out
}

// targetRefused is the finding about the target role of the association; failed is false where there is none.
func targetRefused(s *subject.Subject) (out Outcome, failed bool) {
	target := s.PodIdentity.Target
	switch {
	case target.Role.Absent():
		return Outcome{
			Result: Fail, Where: "association " + s.Intent.Association.AssociationID + ", targetRoleArn", Have: target.ARN, Need: "a role that exists",
			Why: "EKS assumes the target role with the credentials of the association's role", Evidence: []string{target.Role.Source()},
			Advice: "create the target role, or name another one in the association",
		}, true
	case target.PolicyError != nil:
		return unparsedTrust(target.ARN, target.PolicyError, target.Role.Source()), true
	case !target.Denied():
		return Outcome{}, false
	}
	out = associationTrust(s, target.ARN, target.Policy, target.Request, target.Decision)
	out.Evidence = []string{target.Role.Source()}
	if out.Why == "" {
		out.Why = "EKS assumes the target role with the credentials of role " + s.PodIdentity.RoleARN + ", and the trust policy does not allow that role"
	}
	if strings.EqualFold(target.Decision.Key(), "sts:ExternalId") {
		out.Why = "EKS sends the external ID of the association when it assumes the target role, and the trust policy tests another one"
	}
	if out.Advice == "" {
		out.Advice = "let the trust policy allow " + s.PodIdentity.RoleARN + " sts:AssumeRole and sts:TagSession"
	}
	return out, true
}

// associationTrust is the finding about a trust policy that refuses EKS.
func associationTrust(s *subject.Subject, role string, policy *trust.Policy, request trust.Request, d *trust.Decision) Outcome {
	arn, _ := snapshot.ParseARN(role)
	name := arn.RoleName()
	out := Outcome{Result: Fail, Where: "role " + name + ", trust policy", Have: d.Have, Need: d.Need, Why: d.Reason}
	if d.Where != "" {
		out.Where += ", " + d.Where
	}
	if d.WantsSessionTags() {
		withoutSessionTags(s, &out)
		return out
	}
	edit, err := policy.Fix(request)
	if err == nil && edit.Summary != "" && edit.Size <= trust.QuotaMaximum {
		out.Fix = []change.Change{change.EditTrust{RoleArn: role, What: fmt.Sprintf("role %s: %s", name, edit.Summary), Document: string(edit.Document)}}
	}
	return out
}

// withoutSessionTags: the association does not pass the tags that a trust policy tests. To drop the condition would open the
// role to every association of the account's clusters, so the tags are what has to come back.
func withoutSessionTags(s *subject.Subject, out *Outcome) {
	association := s.Intent.Association
	out.Have, out.Need = "disableSessionTags true in association "+association.AssociationID, "session tags"
	out.Why = "the association sets disableSessionTags, so EKS passes no session tags, and a condition on one fails"
	switch {
	case association.Policy != "":
		out.Why += "; EKS requires it of an association with a session policy"
		out.Advice = "remove the session policy of the association and enable session tags, or give the service account a role of its own whose trust policy tests no tags: " +
			"without the condition this role is open to every association"
	case s.Snapshot.Cluster().Name != "" && association.AssociationID != "":
		out.Fix = []change.Change{change.EnableSessionTags{
			Cluster: s.Snapshot.Cluster().Name, AssociationID: association.AssociationID, ServiceAccount: s.AccountName,
		}}
	default:
		out.Advice = "enable the session tags of the association again"
	}
}
