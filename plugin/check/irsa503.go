package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa503 = Check{
	Code: IRSA503, Class: Breaks, Link: LinkProvider,
	Title: "the OIDC provider's URL differs from the cluster's issuer",
	Doc: Doc{
		Means: `The account has no IAM OIDC provider for the cluster's issuer, but it has a similar one. The similar one ends with a
slash, contains a scheme or a port, has different letter case or is for the dual-stack hostname. Or it is for the
issuer of another cluster that the role's trust policy names: a recreated cluster has a new issuer. IAM compares URLs
character by character, so STS does not find the provider.`,
		Example: `    InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE

    $ kubectl get --raw /.well-known/openid-configuration | jq -r .issuer
    https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    $ aws iam list-open-id-connect-providers --query 'OpenIDConnectProviderList[].Arn'
    ["arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE/"]`,
		Fix: `The URL of a provider cannot be changed. Create a provider for exactly the issuer:

    aws iam create-open-id-connect-provider --client-id-list sts.amazonaws.com --url https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE

Then change the trust policies that name the similar provider, and delete that provider when nothing uses it. Keep the
providers of other clusters that still exist.`,
		Verify: `Compare the cluster's issuer with the provider's URL, character by character:

    kubectl get --raw /.well-known/openid-configuration | jq -r .issuer
    aws iam get-open-id-connect-provider --query Url --output text --open-id-connect-provider-arn arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachFederation(s, func(j *subject.RoleJudgement) Outcome {
			if out := providerKnown(j); out.Result != "" {
				return out
			}
			near, found := s.NearMiss(j)
			if !found {
				// 501 reports it; there may still be a similar provider.
				if all := s.Snapshot.OpenIDConnectProviders(); !all.Known() {
					return aside(all)
				}
				return skip(IRSA501)
			}
			out := createProvider(s, j)
			out.Have, out.Need, out.Why = near.Provider.Arn, j.ProviderARN, nearMissWhy[near.Cause]+"; STS needs a provider whose URL is exactly the token's issuer"
			return out
		})
	},
}

var nearMissWhy = map[subject.NearMissCause]string{
	subject.TrailingSlash:   "a slash at the end makes it a different issuer",
	subject.SchemeInName:    "the provider's name contains a scheme",
	subject.LetterCase:      "the letter case differs, and an issuer is case-sensitive",
	subject.PortInName:      "the port makes it a different issuer",
	subject.DualStackHost:   "the provider is for the dual-stack hostname, and the tokens have the other hostname in their issuer",
	subject.OtherHost:       "the hostname differs from the one in the tokens",
	subject.TrustedProvider: "the trust policy names the provider of another cluster's issuer, which can be the issuer that this cluster had before it was recreated",
}
