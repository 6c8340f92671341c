package check

import (
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
		Means: `EKS assumes the association's role as the service pods.eks.amazonaws.com, and passes session tags that name the
cluster, namespace, service account and pod. The role's trust policy must allow this service sts:AssumeRole and
sts:TagSession; its conditions on tags must match this pod. A role for IRSA trusts an OIDC provider and does not allow
the service.

An association with disableSessionTags passes no tags, so every condition on aws:RequestTag fails. EKS requires
disableSessionTags for an association with a session policy.

An association can also have a target role, which EKS assumes with the credentials of the association's role. The
target role's trust policy must allow that role the same two actions. A condition on sts:ExternalId must match the
association's externalId: REGION/ACCOUNT/CLUSTER/NAMESPACE/SERVICEACCOUNT.`,
		Example: `A trust policy that allows only one of the two actions, and the error of the agent:

    {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:AssumeRole"}

    Unauthorized Exception! EKS does not have permissions to assume the associated role.`,
		Fix: `Allow both actions:

    {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}

To allow only this service account, add a condition on aws:RequestTag. Do not use aws:PrincipalTag: it exists only
after the role is assumed.

    "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "shop", "aws:RequestTag/kubernetes-service-account": "web"}}

In the trust policy of a target role, the principal is the association's role:

    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/web"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}

If the trust policy has conditions on tags and the association disables them, enable them:

    aws eks update-pod-identity-association --cluster-name prod --association-id a-0123456789abcdefg --no-disable-session-tags`,
		Verify: `Read the trust policy, and search CloudTrail for the refused call:

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
		Why: "a document that IAM cannot parse allows nothing", Evidence: []string{source},
		Advice: "write a new policy that allows sts:AssumeRole and sts:TagSession for " + trust.PodIdentityService,
	}
}

func podIdentityRefused(s *subject.Subject) Outcome {
	j := s.PodIdentity
	out := associationTrust(s, j.RoleARN, j.Policy, j.Request, j.Decision)
	out.Evidence = []string{j.Role.Source()}
	if out.Why == "" {
		out.Why = "EKS assumes the role as the service pods.eks.amazonaws.com, with both actions and with tags that name the pod, and the trust policy does not allow this"
	}
	if out.Advice == "" {
		out.Advice = "allow pods.eks.amazonaws.com sts:AssumeRole and sts:TagSession in the trust policy"
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
			Advice: "create the target role, or set another one in the association",
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
		out.Why = "EKS sends the external ID of the association when it assumes the target role, and the trust policy requires a different one"
	}
	if out.Advice == "" {
		out.Advice = "allow " + s.PodIdentity.RoleARN + " sts:AssumeRole and sts:TagSession in the trust policy"
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
	if d.Need == "sts:TagSession" { // beside the other action, not in its place
		out.Need = "sts:AssumeRole and sts:TagSession"
	}
	if d.WantsSessionTags() {
		withoutSessionTags(s, &out)
		return out
	}
	edit, err := policy.Fix(request)
	if err == nil && edit.Summary != "" && edit.Size <= trust.QuotaMaximum {
		out.Fix = []change.Change{change.EditTrust{RoleArn: role, What: edit.In(name), Document: string(edit.Document)}}
	}
	return out
}

// withoutSessionTags: the association does not pass the tags that a trust policy tests. Without the condition, every association of
// the account's clusters could use the role, so the fix is to enable the tags.
func withoutSessionTags(s *subject.Subject, out *Outcome) {
	association := s.Intent.Association
	out.Have, out.Need = "disableSessionTags true in association "+association.AssociationID, "session tags"
	out.Why = "the association sets disableSessionTags, so EKS passes no session tags, and the condition on a tag fails"
	switch {
	case association.Policy != "":
		out.Why += "; EKS requires this for an association with a session policy"
		out.Advice = "remove the session policy of the association and enable session tags, or give the service account its own role with a trust policy without conditions on tags: " +
			"without the condition, every association can use this role"
	case s.Snapshot.Cluster().Name != "" && association.AssociationID != "":
		out.Fix = []change.Change{change.EnableSessionTags{
			Cluster: s.Snapshot.Cluster().Name, AssociationID: association.AssociationID, ServiceAccount: s.AccountName,
		}}
	default:
		out.Advice = "enable the session tags of the association"
	}
}
