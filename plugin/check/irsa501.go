package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa501 = Check{
	Code: IRSA501, Class: Breaks, Link: LinkProvider,
	Title: "the role's account has no OIDC provider for the cluster's issuer",
	Doc: Doc{
		Means: `An EKS cluster has an OIDC issuer that signs its tokens. AWS accepts these tokens in an account only if that account
has an IAM OIDC provider for the issuer. The provider is created separately, once for each cluster and account. STS
looks for it in the role's account, not in the cluster's account. If there is none, STS returns the error below before
it reads the role.`,
		Example: `    InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE

    $ aws eks describe-cluster --name prod --query cluster.identity.oidc.issuer --output text
    https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    $ aws iam list-open-id-connect-providers
    {"OpenIDConnectProviderList": []}`,
		Fix: `Create the provider in the role's account, with exactly the cluster's issuer as URL and the audience of the tokens as
client ID. IAM does not need a thumbprint:

    aws iam create-open-id-connect-provider --client-id-list sts.amazonaws.com --url https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE

You do not have to recreate pods. If the cluster was recreated, it has a new issuer: change the trust policies that
name the old one too.`,
		Verify: `Read the provider in the role's account. Its ARN consists of the account and the issuer:

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
			out.Why = "STS looks for the token's issuer in the OIDC providers of the role's account, and there is none"
			if agreed, ok := s.AgreedProvider(j); ok {
				out.Why += "; the role trusts the provider of https://" + subject.ProviderIssuer(agreed.Arn) + ": if the cluster now uses that issuer, its API servers were not restarted with it"
			}
			return out
		})
	},
}
