package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa708 = Check{
	Code: IRSA708, Class: Breaks, Link: LinkPodIdentity,
	Title: "the association's role is in another account than the cluster, and there is no target role",
	Doc: Doc{
		Means: `EKS takes the association's role as a service of the cluster's own account. A role of another account cannot be taken
that way. For that an association has a second field: the role stays one of the cluster's account, and targetRoleArn
names the role of the other account, which EKS then takes with the first role's credentials.`,
		Example: `The cluster is in account 111122223333:

    {"namespace": "shop", "serviceAccount": "web", "roleArn": "arn:aws:iam::444455556666:role/web"}`,
		Fix: `Make a role in the cluster's account that trusts pods.eks.amazonaws.com and may assume the other one, let the other
one trust it (sts:AssumeRole and sts:TagSession), and name both:

    aws eks update-pod-identity-association --cluster-name prod --association-id a-0123456789abcdefg --role-arn arn:aws:iam::111122223333:role/web-hop --target-role-arn arn:aws:iam::444455556666:role/web

The pod need not be made anew.`,
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
			return unknown(fact.Gap{What: "the cluster's account", Reason: "neither the cluster's nor the association's ARN is known"})
		case arn.Account == account, association.TargetRoleArn != "":
			return pass(s.Associations.Source())
		}
		return Outcome{
			Result: Fail, Where: "association " + association.AssociationID + ", roleArn", Have: association.RoleArn,
			Need: "a role of account " + account + ", and this one as targetRoleArn",
			Why:  "EKS takes the association's role within the cluster's account, and goes to another account only by the target role",
			Advice: "make a role in account " + account + " that may assume " + association.RoleArn +
				", and name it as roleArn and the other as targetRoleArn (aws eks update-pod-identity-association)",
			Evidence: []string{s.Associations.Source()},
		}
	},
}
