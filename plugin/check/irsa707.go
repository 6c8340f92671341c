package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa707 = Check{
	Code: IRSA707, Class: Note, Link: LinkPodIdentity,
	Title: "the container has the variables of IRSA and of Pod Identity",
	Doc: Doc{
		Means: `Both AWS_WEB_IDENTITY_TOKEN_FILE and AWS_CONTAINER_CREDENTIALS_FULL_URI are set. The webhook never adds both to one
container, so a manifest sets one of them itself. All SDKs but JavaScript v2 look at the web identity first, and those
that go on after an error use the other one when STS refuses. If the two lead to different roles, the container is one
or the other, depending on its SDK and on which of them happens to work.`,
		Example: `A template that still sets what IRSA needs, under a service account that has an association now:

    env:
    - {name: AWS_ROLE_ARN, value: arn:aws:iam::111122223333:role/web-irsa}
    - {name: AWS_WEB_IDENTITY_TOKEN_FILE, value: /var/run/secrets/tokens/aws}`,
		Fix: `Take those out that are not meant:

    kubectl set env deployment/web -n shop -c app AWS_ROLE_ARN- AWS_WEB_IDENTITY_TOKEN_FILE-`,
		Verify: `See which variables there are, and who the container is:

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
				Why:    "all SDKs but JavaScript v2 look at the web identity first, and some go on to the other where it is refused: " + whoGetsWhat(s, c),
				Advice: "take the variables of the mechanism that is not meant out of the container's template",
			}
			if s.Intent.Mechanism == inject.PodIdentity {
				out.Fix = unset(s, c, "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")
			}
			return out
		})
	},
}
