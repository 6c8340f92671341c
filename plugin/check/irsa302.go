package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa302 = Check{
	Code: IRSA302, Class: Note, Link: LinkRole, Gap: true,
	Title: "the role is in another account, which was not readable",
	Doc: Doc{
		Means: `The role's ARN names another account than the one of the AWS credentials with which this was looked at. IAM
answers for the caller's own account only, so neither the role nor its trust policy nor the OIDC provider beside
it could be read. Everything up to there is judged; the rest is not known.`,
		Example: `    $ aws sts get-caller-identity --query Account --output text
    444455556666
    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations.eks\.amazonaws\.com/role-arn}'
    arn:aws:iam::111122223333:role/web`,
		Fix: `Look again with credentials of the role's account, or with a role there that these credentials may assume and
that may read IAM (iam:GetRole, iam:GetOpenIDConnectProvider):

    kubectl irsa explain pod/web-0 -n shop --aws-profile production
    kubectl irsa explain pod/web-0 -n shop --reader-role iam-reader

No role can be assumed from another partition (aws, aws-cn, aws-us-gov): there it takes credentials of that partition.
The binding itself is fine across accounts, as long as the OIDC provider of the cluster's issuer exists in the
role's account and the trust policy names that one.`,
		Verify: `Compare the account in the role's ARN with the one of the credentials:

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
				return unknown(fact.Gap{What: account.Source(), Reason: "the snapshot does not say of which account the AWS credentials were"})
			case !known:
				return gap(account)
			case caller == r.ARN.Account:
				return pass(account.Source())
			case calledElsewhere(s, r.Containers):
				return skip(IRSA616)
			}
			out := Outcome{
				Result: Fail, Where: "role " + r.RoleARN, Have: "credentials of account " + caller, Need: "credentials of account " + r.ARN.Account,
				Why:      "IAM answers for roles of the caller's own account only",
				Advice:   "read it with credentials of account " + r.ARN.Account + " (--aws-profile), or name a role there that these credentials may assume (--reader-role)",
				Evidence: []string{account.Source()},
			}
			if reader := s.ReaderPartition(); reader != "" && reader != r.ARN.Partition {
				out.Why += ", and credentials of partition " + reader + " assume no role of partition " + r.ARN.Partition
				out.Advice = "read it with credentials of account " + r.ARN.Account + " (--aws-profile)"
			}
			return out
		})
	},
}
