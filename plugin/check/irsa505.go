package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa505 = Check{
	Code: IRSA505, Class: Breaks, Link: LinkProvider,
	Title: "the cluster's OIDC issuer is not public, so AWS cannot fetch its keys",
	Doc: Doc{
		Means: `STS fetches the issuer's discovery document and keys over the internet. Only the cluster's network can reach this
issuer: it is the default https://kubernetes.default.svc, a private address, a name that is not in the public DNS, the
API server's internal name (https://api.internal.NAME with kOps), or not an https URL. This concerns clusters outside
EKS. The issuers of EKS are public, even if the API server is private.`,
		Example: `    InvalidIdentityToken: Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements

    $ kubectl get --raw /.well-known/openid-configuration | jq -r .issuer
    https://kubernetes.default.svc.cluster.local`,
		Fix: `Publish the discovery document and the keys under a public https URL, for example in an S3 bucket. Start the API
server with this URL as its first issuer. Keep the old issuer after it, so that existing tokens stay valid:

    --service-account-issuer=https://example-oidc.s3.us-west-2.amazonaws.com/prod
    --service-account-jwks-uri=https://example-oidc.s3.us-west-2.amazonaws.com/prod/keys.json
    --service-account-issuer=https://kubernetes.default.svc.cluster.local

Then create the IAM OIDC provider for this URL and name it in the trust policies. If provider and trust policies are
already for this URL, the API servers still run with their old flags: restart them. With kOps:

    kops update cluster prod.example.com --yes
    kops rolling-update cluster prod.example.com --instance-group-roles control-plane --yes`,
		Verify: `Fetch the discovery document from a machine outside the cluster's network:

    curl -sS https://example-oidc.s3.us-west-2.amazonaws.com/prod/.well-known/openid-configuration`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutIssuer(s, IRSA505, issuerNotPublic) },
}

func issuerNotPublic(s *subject.Subject) Outcome {
	out := Outcome{
		Result: Fail, Where: clusterWhere(s) + ", service account issuer", Have: issuerURL(s), Need: "an https URL that is reachable from the internet",
		Why:      WhyNotPublic(s.IssuerFault) + ", so STS cannot fetch the keys that verify the token",
		Advice:   "publish the discovery document and the keys under a public https URL, for example in an S3 bucket, and start the API server with --service-account-issuer=URL",
		Evidence: []string{s.Issuer.Source()},
	}
	for _, j := range s.Roles {
		if provider, ok := s.AgreedProvider(j); ok {
			url := "https://" + subject.ProviderIssuer(provider.Arn)
			out.Need = url
			out.Why += "; role " + j.ARN.RoleName() + " and an OIDC provider of its account are already for " + url
			out.Advice = agreedAdvice(j, provider, url)
			out.Evidence = append(out.Evidence, j.Role.Source())
			break
		}
	}
	return out
}

// agreedAdvice is for a cluster where only the API servers still have the old issuer.
func agreedAdvice(j *subject.RoleJudgement, provider snapshot.OpenIDConnectProvider, url string) string {
	advice := "restart the API servers with --service-account-issuer=" + url + " as their first issuer (kOps: `kops update cluster --yes`, then `kops rolling-update cluster --yes` for the control plane), then recreate the pod"
	if !slices.Contains(provider.ClientIDList, j.Audience) {
		advice += "; also add " + j.Audience + ", the audience of the pod's token, to the provider's client IDs"
	}
	return advice
}

// WhyNotPublic returns why AWS cannot reach an issuer.
func WhyNotPublic(f subject.IssuerFault) string {
	switch f.Cause {
	case subject.IssuerNotHTTPS:
		return "the issuer is not an https URL"
	case subject.IssuerWithoutHost:
		return "the issuer has no hostname"
	case subject.IssuerPrivateAddress:
		return f.Name + " is not a public address"
	case subject.IssuerLocalName:
		return f.Name + " is a name that only a local resolver can resolve"
	case subject.IssuerInternalName:
		return f.Name + " is the name of the API server inside the cluster's network"
	default:
		return "names under " + f.Name + " are not in the public DNS"
	}
}
