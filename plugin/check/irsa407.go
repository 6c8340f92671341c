package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa407 = Check{
	Code: IRSA407, Class: Breaks, Link: LinkTrust,
	Title: "the trust policy names a different OIDC provider",
	Doc: Doc{
		Means: `The principal of the statement is not the OIDC provider of this cluster's issuer in the role's account.
It is the provider of another cluster or of an earlier cluster, a provider in the cluster's account although the
role is in another one, a provider in another partition, or a text that is not a provider's ARN. A token matches
only its own provider, character by character; principals do not support wildcards. STS answers AccessDenied.`,
		Example: `The role is in account 111122223333 and the cluster in 444455556666:

    "Principal": {"Federated": "arn:aws:iam::444455556666:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"}

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Name the provider in the role's account. If it does not exist there, create it (see IRSA501):

    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"}

Use the same issuer in the condition keys. If the statement is for another cluster that still uses the role, keep it
and add one for this cluster:

    kubectl irsa bind shop/web arn:aws:iam::111122223333:role/web`,
		Verify: `The ARN consists of the role's account and the cluster's issuer without https://. Check that the
provider exists:

    aws eks describe-cluster --name prod --query cluster.identity.oidc.issuer --output text
    aws iam list-open-id-connect-providers`,
	},
	Run: func(s *subject.Subject) Outcome {
		return trustOutcome(s, IRSA407, func(s *subject.Subject, j *subject.RoleJudgement) Outcome {
			const needed = "the principal must be the OIDC provider of this cluster's issuer in the role's account"
			out := refusal(s, j, needed, "")
			if out.Why == needed && slices.Contains(subject.GoneProviders(s.Snapshot, j.Policy), j.Decision.Have) {
				out.Why = "the provider in the statement does not exist, so the statement allows nobody; " + needed
			}
			return out
		})
	},
}
