package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa707 = Check{
	Code: IRSA707, Class: Note, Link: LinkPodIdentity,
	Title: "the container has the variables of both IRSA and Pod Identity",
	Doc: Doc{
		Means: `Both AWS_WEB_IDENTITY_TOKEN_FILE and AWS_CONTAINER_CREDENTIALS_FULL_URI are set. The webhook never adds both to one
container, so the manifest sets one of them. All SDKs except JavaScript v2 use the web identity first. If STS refuses
it, some SDKs continue with Pod Identity. If the two have different roles, the container's role depends on its SDK and
on which of the two works.`,
		Example: `A template with the variables of IRSA, and a service account that now has an association:

    env:
    - {name: AWS_ROLE_ARN, value: arn:aws:iam::111122223333:role/web-irsa}
    - {name: AWS_WEB_IDENTITY_TOKEN_FILE, value: /var/run/secrets/tokens/aws}`,
		Fix: `Remove the variables of the mechanism that you do not want to use:

    kubectl set env deployment/web -n shop -c app AWS_ROLE_ARN- AWS_WEB_IDENTITY_TOKEN_FILE-`,
		Verify: `List the variables of the container, and print its identity:

    kubectl exec web-0 -n shop -c app -- sh -c 'env | cut -d= -f1 | grep ^AWS_'
    kubectl exec web-0 -n shop -c app -- aws sts get-caller-identity`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			web, pods := c.Environment.WebIdentity, c.Environment.Container
			switch {
			case web == sdk.None || pods == sdk.None:
				return pass()
			case web == sdk.Maybe || pods == sdk.Maybe:
				return unknown(c.Variables.Gaps("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", subject.FullURI)...)
			}
			out := Outcome{
				Result: Fail, Where: where(c, "env"), Have: whoGetsWhat(s, c), Need: "the variables of one mechanism",
				Why:    "all SDKs except JavaScript v2 use the web identity first, and some continue with Pod Identity if STS refuses it",
				Advice: "remove the variables of the mechanism that you do not want from the container's template",
			}
			if s.Intent.Mechanism == inject.PodIdentity {
				out.Fix = unset(s, c, "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")
			}
			return out
		})
	},
}
