package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa618 = Check{
	Code: IRSA618, Class: Breaks, Link: LinkEnvironment,
	Title: "the SDK version does not support the credentials of the container",
	Doc: Doc{
		Means: `--sdk names a version of the SDK that is older than the mechanism by which the container gets its role. A version
without web identity ignores AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, and uses the node's role if it can reach
it. A version without EKS Pod Identity does not accept the agent's address, or does not read the token file. The EKS
User Guide lists the first versions: "Use IRSA with the AWS SDK" and "Use pod identity with the AWS SDK".`,
		Example: `    $ kubectl irsa explain web-0 -n shop --sdk python@1.9.100

    botocore.exceptions.NoCredentialsError: Unable to locate credentials`,
		Fix: `Update the SDK in the image, or use a newer release of the program. If the SDK supports web identity but not Pod
Identity, annotate the service account with the role:

    kubectl irsa bind web arn:aws:iam::111122223333:role/web -n shop`,
		Verify: `Print the SDK's version and the identity in the container:

    kubectl exec web-0 -n shop -c app -- pip show boto3
    kubectl exec web-0 -n shop -c app -- aws sts get-caller-identity`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perBound(s, func(c *subject.Container) Outcome {
			ability, what := sdk.TakesWebIdentity, "web identity"
			switch {
			case c.Wants == inject.WebIdentity && c.Environment.WebIdentity == sdk.None, c.Wants == inject.PodIdentity && c.Environment.Container == sdk.None:
				return skip(whyNotInjected(s))
			case c.Wants == inject.PodIdentity:
				ability, what = sdk.AsksAgent, "EKS Pod Identity"
			}
			var have, need []string
			for _, name := range s.SDKs() {
				if first, old := name.Lacks(ability); old {
					have = append(have, strings.Replace(string(name), "@", " ", 1))
					need = append(need, string(name.SDK())+" "+first)
				}
			}
			switch {
			case len(have) == 0:
				return pass()
			case len(have) < len(s.SDKs()):
				return skip(IRSA604)
			}
			return Outcome{
				Result: Fail, Where: where(c, "AWS SDK"), Have: strings.Join(have, ", "), Need: strings.Join(need, ", ") + " or later",
				Why:    "the version is older than " + what + ", so the container gets " + getsInstead(s, c),
				Advice: "update the SDK in the image to " + strings.Join(need, ", ") + " or later",
			}
		}, inject.WebIdentity, inject.PodIdentity)
	},
}
