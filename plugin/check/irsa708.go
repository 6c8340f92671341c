package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa708 = Check{
	Code: IRSA708, Class: Breaks, Link: LinkPodIdentity,
	Title: "the association's role is in a different account than the cluster, and the association has no target role",
	Doc: Doc{
		Means: `EKS assumes the association's role as a service in the cluster's account, so this role must be in the cluster's
account. For a role in another account, an association has a second field: roleArn names a role in the cluster's
account, and targetRoleArn names the role in the other account. EKS assumes the target role with the credentials of
the first role.`,
		Example: `The cluster is in account 111122223333:

    {"namespace": "shop", "serviceAccount": "web", "roleArn": "arn:aws:iam::444455556666:role/web"}`,
		Fix: `Create a role in the cluster's account that trusts pods.eks.amazonaws.com and is allowed to assume the other role.
Allow the new role in the other role's trust policy (sts:AssumeRole and sts:TagSession). Then set both in the
association:

    aws eks update-pod-identity-association --cluster-name prod --association-id a-0123456789abcdefg --role-arn arn:aws:iam::111122223333:role/web-hop --target-role-arn arn:aws:iam::444455556666:role/web

You do not have to recreate the pod.`,
		Verify: `Read the association and the cluster's account:

    aws eks describe-pod-identity-association --cluster-name prod --association-id a-0123456789abcdefg
    aws eks describe-cluster --name prod --query cluster.arn`,
	},
	Run: func(s *subject.Subject) Outcome {
		association := s.Intent.Association
		switch {
		case association == nil && s.Intent.Mechanism == "":
			return unknown(s.Intent.Gaps...)
		case association == nil && s.PodIdentity == nil:
			return skip(notPodIdentity)
		case association == nil && s.AssociationGone():
			return skip(IRSA706)
		case association == nil:
			return gap(s.Associations)
		case s.PodIdentity.Impossible != subject.Possible:
			return skip(IRSA705)
		}
		arn, ok := snapshot.ParseARN(association.RoleArn)
		account := s.ClusterAccount()
		switch {
		case !ok:
			return unknown(fact.Gap{What: s.Associations.Source(), Reason: "the association's roleArn is not an ARN"})
		case account == "":
			return unknown(fact.Gap{What: "the cluster's account", Reason: "the ARNs of the cluster and of the association are unknown"})
		case arn.Account == account, association.TargetRoleArn != "":
			return pass(s.Associations.Source())
		}
		return Outcome{
			Result: Fail, Where: "association " + association.AssociationID + ", roleArn", Have: association.RoleArn,
			Need: "a role of account " + account + ", and this role as targetRoleArn",
			Why:  "EKS assumes the association's role in the cluster's account, and uses a role of another account only as the target role",
			Advice: "create a role in account " + account + " that is allowed to assume " + association.RoleArn +
				", and set it as roleArn and the other role as targetRoleArn (aws eks update-pod-identity-association)",
			Evidence: []string{s.Associations.Source()},
		}
	},
}
