package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa501 = Check{
	Code: IRSA501, Class: Breaks, Link: LinkProvider,
	Title: "the role's account has no OIDC provider for the cluster's issuer",
	Doc: Doc{
		Means: `Every EKS cluster has an issuer that signs its tokens; the IAM OIDC provider that stands for it in an account is
made separately, once for each cluster and account. STS looks for the token's issuer among the providers of the
role's account, not of the cluster's. Where there is none it answers InvalidIdentityToken, "No OpenIDConnect
provider found in your account for …", before it looks at the role.`,
		Example: `    $ aws eks describe-cluster --name prod --query cluster.identity.oidc.issuer --output text
    https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    $ aws iam list-open-id-connect-providers
    {"OpenIDConnectProviderList": []}`,
		Fix: `Create the provider in the role's account, for exactly the cluster's issuer and the audience of the tokens. IAM
needs no thumbprint for it:

    aws iam create-open-id-connect-provider --client-id-list sts.amazonaws.com --url https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE

No pod has to be made anew. After a cluster was made anew it has another issuer, and the trust policies that name
the old one have to be changed too.`,
		Verify: `Ask for the provider by its ARN, which follows from account and issuer, in the role's account:

    aws iam get-open-id-connect-provider --open-id-connect-provider-arn arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachFederation(s, func(j *subject.RoleJudgement) Outcome {
			if out := providerKnown(j); out.Result != "" {
				return out
			}
			if _, near := s.NearMiss(j); near {
				return skip(IRSA503)
			}
			out := createProvider(s, j)
			out.Have, out.Need = "no OIDC provider for "+issuerURL(s), j.ProviderARN
			out.Why = "STS looks for the token's issuer among the providers of the role's account, and finds none"
			if agreed, ok := s.AgreedProvider(j); ok {
				out.Why += "; the role trusts the provider of https://" + subject.ProviderIssuer(agreed.Arn) + ": if the cluster has moved to that issuer, its API servers were not restarted with it"
			}
			return out
		})
	},
}
