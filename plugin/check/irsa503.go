package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa503 = Check{
	Code: IRSA503, Class: Breaks, Link: LinkProvider,
	Title: "the OIDC provider is for something that only looks like the cluster's issuer",
	Doc: Doc{
		Means: `There is no IAM OIDC provider for the cluster's issuer, and one that was probably meant for it: with a slash at the
end, with a scheme or a port in its name, in other letter case, for the dual-stack host, or for the issuer of another
cluster that the role's trust policy still names (a cluster that is deleted and made anew has a new issuer). IAM
compares URLs character by character, so for STS it is a stranger: InvalidIdentityToken, "No OpenIDConnect provider
found in your account for …".`,
		Example: `    $ kubectl get --raw /.well-known/openid-configuration | jq -r .issuer
    https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    $ aws iam list-open-id-connect-providers --query 'OpenIDConnectProviderList[].Arn'
    ["arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE/"]`,
		Fix: `A provider's URL cannot be changed. Create one for exactly the issuer:

    aws iam create-open-id-connect-provider --client-id-list sts.amazonaws.com --url https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE

Then see to the trust policies that name the other one, and delete that one when nothing uses it any more. Providers
of other clusters that live are as they should be and stay.`,
		Verify: `Compare the issuer that the cluster itself names with the provider's URL, to the last character:

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
				// 501 speaks; another one may be there all the same.
				if all := s.Snapshot.OpenIDConnectProviders(); !all.Known() {
					return aside(all)
				}
				return skip(IRSA501)
			}
			out := createProvider(s, j)
			out.Have, out.Need, out.Why = near.Provider.Arn, j.ProviderARN, nearMissWhy[near.Cause]+"; STS looks for the provider of exactly the token's issuer"
			return out
		})
	},
}

var nearMissWhy = map[subject.NearMissCause]string{
	subject.TrailingSlash:   "a slash at the end makes another issuer",
	subject.SchemeInName:    "the provider's name holds a scheme, which does not belong there",
	subject.LetterCase:      "upper and lower case count in an issuer",
	subject.PortInName:      "a port makes another issuer",
	subject.DualStackHost:   "the provider is for the dual-stack host, and the tokens name the other one as their issuer",
	subject.OtherHost:       "the host is another one than that in the tokens",
	subject.TrustedProvider: "the provider that the trust policy names is that of another cluster's issuer, perhaps of this cluster's before it was made anew",
}
