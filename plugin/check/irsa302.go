package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa302 = Check{
	Code: IRSA302, Class: Note, Link: LinkRole, Gap: true,
	Title: "the role is in another account and could not be read",
	Doc: Doc{
		Means: `The account in the role's ARN is not the account of the AWS credentials that were used to read. IAM
returns only roles of the caller's account, so the role, its trust policy and its OIDC provider are unknown.
Everything before the role is checked.`,
		Example: `    $ aws sts get-caller-identity --query Account --output text
    444455556666
    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations.eks\.amazonaws\.com/role-arn}'
    arn:aws:iam::111122223333:role/web`,
		Fix: `Use credentials of the role's account, or a role in that account that your credentials can assume and that
can read IAM (iam:GetRole, iam:GetOpenIDConnectProvider):

    kubectl irsa explain pod/web-0 -n shop --aws-profile production
    kubectl irsa explain pod/web-0 -n shop --reader-role iam-reader

Credentials of one partition (aws, aws-cn, aws-us-gov) cannot assume a role in another partition: use credentials of
that partition. A pod can use a role in another account if that account has an OIDC provider for the cluster's
issuer and the trust policy names that provider.`,
		Verify: `Compare the account in the role's ARN with the account of your credentials:

    aws sts get-caller-identity --query Account`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachNamedRole(s, func(r *subject.NamedRole) Outcome {
			_, found := r.Found()
			switch {
			case found:
				return pass(r.Role.Source())
			case r.Role.Absent():
				return skip(IRSA301)
			}
			account := s.Snapshot.CallerAccount()
			caller, known := account.Get()
			switch {
			case account.Absent():
				return unknown(fact.Gap{What: account.Source(), Reason: "the snapshot does not contain the account of the AWS credentials"})
			case !known:
				return gap(account)
			case caller == r.ARN.Account:
				return pass(account.Source())
			case calledElsewhere(s, r.Containers):
				return skip(IRSA616)
			}
			out := Outcome{
				Result: Fail, Where: "role " + r.RoleARN, Have: "credentials of account " + caller, Need: "credentials of account " + r.ARN.Account,
				Why:      "IAM returns only roles of the caller's account",
				Advice:   "use credentials of account " + r.ARN.Account + " (--aws-profile), or a role in it that your credentials can assume (--reader-role)",
				Evidence: []string{account.Source()},
			}
			if reader := s.ReaderPartition(); reader != "" && reader != r.ARN.Partition {
				out.Why += ", and credentials of partition " + reader + " cannot assume a role in partition " + r.ARN.Partition
				out.Advice = "use credentials of account " + r.ARN.Account + " (--aws-profile)"
			}
			return out
		})
	},
}
