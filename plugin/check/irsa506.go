package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa506 = Check{
	Code: IRSA506, Class: Note, Link: LinkProvider,
	Title: "none of the OIDC provider's thumbprints is a possible certificate thumbprint",
	Doc: Doc{
		Means: `An OIDC provider can have thumbprints (SHA-1, 40 hexadecimal digits) of the certificate authority behind its issuer.
AWS uses them only if this authority is not in AWS's own library of trusted authorities. For EKS issuers and for keys
in S3, AWS never uses them. This provider's issuer is hosted elsewhere, and all its thumbprints are placeholders: it
works only if a public authority signed the issuer's certificate.`,
		Example: `    InvalidIdentityToken: OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint

    $ aws iam get-open-id-connect-provider --query ThumbprintList --open-id-connect-provider-arn arn:aws:iam::111122223333:oidc-provider/oidc.example.com
    ["ffffffffffffffffffffffffffffffffffffffff"]`,
		Fix: `If a public authority signed the issuer's certificate, nothing is needed. If a private one did, set the thumbprint of
the last certificate that the issuer's server sends:

    openssl s_client -servername oidc.example.com -showcerts -connect oidc.example.com:443 </dev/null
    openssl x509 -in last.pem -noout -fingerprint -sha1
    aws iam update-open-id-connect-provider-thumbprint --thumbprint-list 9e99a48a9960b14926bb7f3b02e22da2b0ab7280 --open-id-connect-provider-arn arn:aws:iam::111122223333:oidc-provider/oidc.example.com`,
		Verify: `Read the AssumeRoleWithWebIdentity events in CloudTrail.
additionalEventData.identityProviderConnectionVerificationMethod is IAMTrustStore if AWS trusts the certificate's
authority, and Thumbprint if it compared the thumbprints:

    aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRoleWithWebIdentity`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachFederation(s, func(j *subject.RoleJudgement) Outcome {
			provider, known := j.Provider.Get()
			switch host := subject.IssuerHost(subject.ProviderIssuer(j.ProviderARN)); {
			case j.Malformed != "":
				return skip(IRSA106)
			case j.Provider.Absent():
				return skip(withoutProvider(s, j))
			case !known:
				return gap(j.Provider)
			case snapshot.IsEKSIssuer(issuerURL(s)) || ofAmazon(host):
				return skip("AWS trusts the certificate authority of " + host + " and does not use the thumbprints")
			case slices.ContainsFunc(provider.ThumbprintList, maybeThumbprint), len(provider.ThumbprintList) == 0:
				return Outcome{Result: Unknown, Why: "the certificate of " + host + " is not read"}
			}
			return Outcome{
				Result: Fail, Where: "OIDC provider " + j.ProviderARN + ", thumbprints", Have: few(provider.ThumbprintList),
				Need:     "the SHA-1 thumbprint of the certificate authority behind the issuer, if it is a private one",
				Why:      "AWS uses thumbprints only if its library of trusted authorities does not have the issuer's authority, and then none of these matches",
				Advice:   "if a private authority signed the issuer's certificate, set its thumbprint in the provider: aws iam update-open-id-connect-provider-thumbprint",
				Evidence: []string{j.Provider.Source()},
			}
		})
	},
}

// ofAmazon reports whether AWS serves a host with its own certificate, as S3 and CloudFront do.
func ofAmazon(host string) bool {
	return slices.ContainsFunc([]string{".amazonaws.com", ".amazonaws.com.cn", ".cloudfront.net", ".cloudfront.cn", ".api.aws"}, func(suffix string) bool {
		return strings.HasSuffix(host, suffix)
	})
}

// maybeThumbprint reports whether a text can be the SHA-1 thumbprint of a certificate: 40 hexadecimal digits, and
// not one digit repeated.
func maybeThumbprint(text string) bool {
	const digits = 40
	return len(text) == digits && strings.Trim(text, "0123456789abcdefABCDEF") == "" && strings.Trim(text, text[:1]) != ""
}
