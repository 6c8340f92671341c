package check

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// nearQuota is the share of the default quota, in hundredths, from which on a trust policy counts as nearly full.
const nearQuota = 90

var irsa413 = Check{
	Code: IRSA413, Class: Note, Link: LinkTrust,
	Title: "the trust policy is near its size quota",
	Doc: Doc{
		Means: `A trust policy may have 2,048 characters, white space not counted, unless the account's quota was raised
(at most to 8,192). A statement for one more cluster takes some 450 of them. When the next one
does not fit, IAM answers LimitExceeded, "Cannot exceed quota for ACLSizePerRole".`,
		Example: `Each cluster that shares the role has a statement of its own:

    "Statement": [
      {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.…"}, …},
      {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.…"}, …},
      …`,
		Fix: `Take out the statements of clusters that are gone, put subjects of one cluster into one list, make a role for
each cluster or team, raise the quota (L-C07B4B0D), or use EKS Pod Identity, whose trust policy is the same for any
number of clusters.`,
		Verify: `Count the characters that are no white space:

    aws iam get-role --role-name web --query Role.AssumeRolePolicyDocument --output json | tr -d '[:space:]' | wc -m`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachRole(s, func(j *subject.RoleJudgement) Outcome {
			_, found := j.Found()
			switch {
			case j.Malformed != "":
				return skip(IRSA106)
			case !found && j.Role.Absent():
				return skip(IRSA301)
			case !found:
				return gap(j.Role)
			}
			size := trust.Size([]byte(j.Document()))
			if size*100 < trust.QuotaDefault*nearQuota {
				return pass(j.Role.Source())
			}
			out := Outcome{
				Result: Fail, Where: trustWhere(j), Have: fmt.Sprintf("%d characters, white space not counted", size),
				Need:     fmt.Sprintf("at most %d, the default quota", trust.QuotaDefault),
				Why:      fmt.Sprintf("it has %d characters of %d, and IAM refuses an edit that goes beyond the quota; a statement for another cluster takes some 450", size, trust.QuotaDefault),
				Advice:   "take out what is no longer used, or let the workloads have roles of their own",
				Evidence: []string{j.Role.Source()},
			}
			if size > trust.QuotaDefault {
				out.Need = fmt.Sprintf("at most the account's quota, which was raised from %d; how far is not known here", trust.QuotaDefault)
				out.Why = fmt.Sprintf("it has %d characters, more than the default quota of %d; how near the account's own quota is cannot be seen from here", size, trust.QuotaDefault)
			}
			return out
		})
	},
}
