package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa407 = Check{
	Code: IRSA407, Class: Breaks, Link: LinkTrust,
	Title: "the trust policy names another OIDC provider",
	Doc: Doc{
		Means: `The principal of the statement is a provider, and not the one of this cluster's issuer in the role's own account: that
of another cluster, or of this one before it was made anew, one in the cluster's account where the role is in
another, one in another partition, or a text that is no provider's ARN. A web identity matches its own provider only,
letter by letter; there are no wildcards in principals. STS answers AccessDenied.`,
		Example: `The role is in account 111122223333, the cluster in 444455556666:

    "Principal": {"Federated": "arn:aws:iam::444455556666:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"}`,
		Fix: `Name the provider in the role's account, and create it there if it does not exist (IRSA501):

    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"}

The condition keys have to be those of the same issuer. A statement for another cluster that uses the role too stays,
and this one gets a statement of its own.`,
		Verify: `Put the ARN together from the role's account and the cluster's issuer without https://, and ask for it:

    aws eks describe-cluster --name prod --query cluster.identity.oidc.issuer --output text
    aws iam list-open-id-connect-providers`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA407, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			const needed = "the principal has to be the provider of this cluster's issuer in the role's own account, letter by letter"
			out := refusal(s, j, needed, "")
			if out.Why == needed && slices.Contains(subject.GoneProviders(s.Snapshot, j.Policy), j.Decision.Have) {
				out.Why = "the provider that the statement names does not exist, so it allows nobody; " + needed
			}
			return out
		})
	},
}
