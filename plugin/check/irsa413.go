package check

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// nearQuota is the share of the default quota, in hundredths, from which a trust policy counts as nearly full.
const nearQuota = 90

var irsa413 = Check{
	Code: IRSA413, Class: Note, Link: LinkTrust,
	Title: "the trust policy is close to its size quota",
	Doc: Doc{
		Means: `The default quota for a trust policy is 2,048 characters, without white space; an account can raise it to
8,192. A statement for one more cluster takes about 450 characters. If the next one does not fit, IAM answers
LimitExceeded: "Cannot exceed quota for ACLSizePerRole".`,
		Example: `Each cluster that shares the role has its own statement:

    "Statement": [
      {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.…"}, …},
      {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.…"}, …},
      …

The error of the next edit:

    An error occurred (LimitExceeded) when calling the UpdateAssumeRolePolicy operation: Cannot exceed quota for ACLSizePerRole: 2048`,
		Fix: `Remove the statements of deleted clusters, put the subjects of one cluster into one list, create one role
for each cluster or team, or raise the quota:

    aws service-quotas request-service-quota-increase --service-code iam --quota-code L-C07B4B0D --desired-value 4096 --region us-east-1

EKS Pod Identity uses the same trust policy for any number of clusters.`,
		Verify: `Count the characters without white space:

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
				Result: Fail, Where: trustWhere(j), Have: fmt.Sprintf("%d characters without white space", size),
				Need:     fmt.Sprintf("at most %d, the default quota", trust.QuotaDefault),
				Why:      fmt.Sprintf("it has %d of %d characters, and IAM rejects an edit that exceeds the quota; a statement for another cluster takes about 450", size, trust.QuotaDefault),
				Advice:   "remove unused statements, or create a role for each workload",
				Evidence: []string{j.Role.Source()},
			}
			if size > trust.QuotaDefault {
				out.Need = fmt.Sprintf("at most the account's quota, which was raised from %d to an unknown value", trust.QuotaDefault)
				out.Why = fmt.Sprintf("it has %d characters, more than the default quota of %d; the account's own quota is unknown", size, trust.QuotaDefault)
			}
			return out
		})
	},
}
