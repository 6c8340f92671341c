package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa506 = Check{
	Code: IRSA506, Class: Note, Link: LinkProvider,
	Title: "none of the OIDC provider's thumbprints can be that of a certificate",
	Doc: Doc{
		Means: `A provider may hold thumbprints (SHA-1, 40 hexadecimal digits) of the certificate authority behind its issuer. AWS
looks at them only where that authority is not in its own library of trusted ones; for issuers of EKS, and for keys
in S3, it never does, so that an old thumbprint there is no fault. This provider's issuer is hosted elsewhere, and
all its thumbprints are placeholders. It works as long as a public authority signed the issuer's certificate, and
with no other.`,
		Example: `    $ aws iam get-open-id-connect-provider --query ThumbprintList --open-id-connect-provider-arn arn:aws:iam::111122223333:oidc-provider/oidc.example.com
    ["ffffffffffffffffffffffffffffffffffffffff"]`,
		Fix: `Where the issuer's certificate comes from a private authority, give the provider the thumbprint of the topmost
certificate that the issuer's server sends:

    openssl s_client -servername oidc.example.com -showcerts -connect oidc.example.com:443 </dev/null
    openssl x509 -in last.pem -noout -fingerprint -sha1
    aws iam update-open-id-connect-provider-thumbprint --thumbprint-list 9e99a48a9960b14926bb7f3b02e22da2b0ab7280 --open-id-connect-provider-arn arn:aws:iam::111122223333:oidc-provider/oidc.example.com

Otherwise nothing has to be done.`,
		Verify: `If it matters, STS says so: InvalidIdentityToken, "OpenIDConnect provider's HTTPS certificate doesn't match
configured thumbprint". CloudTrail's AssumeRoleWithWebIdentity events tell which way was taken:
additionalEventData.identityProviderConnectionVerificationMethod is IAMTrustStore or Thumbprint.`,
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
				return skip("AWS trusts the authority of " + host + " itself, whatever the thumbprints are")
			case slices.ContainsFunc(provider.ThumbprintList, maybeThumbprint), len(provider.ThumbprintList) == 0:
				return Outcome{Result: Unknown, Why: "the certificate of " + host + " is not looked at"}
			}
			return Outcome{
				Result: Fail, Where: "OIDC provider " + j.ProviderARN + ", thumbprints", Have: few(provider.ThumbprintList),
				Need:     "the SHA-1 thumbprint of the authority behind the issuer's certificate, if it is a private one",
				Why:      "AWS looks at thumbprints only where its own library of trusted authorities does not have the issuer's, and then none of these fits",
				Advice:   "if the issuer's certificate comes from a private authority, give the provider its thumbprint: aws iam update-open-id-connect-provider-thumbprint",
				Evidence: []string{j.Provider.Source()},
			}
		})
	},
}

// ofAmazon reports whether AWS serves a host, as S3 and CloudFront do, with a certificate of its own.
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
