package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa211 = Check{
	Code: IRSA211, Class: Breaks, Link: LinkInjection,
	Title: "a container that was added or changed after the webhook ran has no credentials settings",
	Doc: Doc{
		Means: `The webhook mutated the pod's other containers but not this one, and no annotation or setting excludes
it. So the container did not exist yet when the webhook ran: another webhook (a service mesh, a log shipper, a
secrets agent) added it later. If the MutatingWebhookConfiguration has reinvocationPolicy: IfNeeded, the API server
calls the webhook again in this case; with Never, the default, it does not. If a container has the token mount but
no variables, something replaced its env.`,
		Example: `    $ kubectl get pod web-0 -n shop -o jsonpath='{range .spec.containers[*]}{.name}{": "}{.env[*].name}{"\n"}{end}'
    app: AWS_STS_REGIONAL_ENDPOINTS AWS_DEFAULT_REGION AWS_REGION AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE
    log-shipper: FLUSH_SECONDS`,
		Fix: `Let the API server call the webhook again after other webhooks, then restart the workload:

    kubectl patch mutatingwebhookconfiguration pod-identity-webhook --type json \
      -p '[{"op": "add", "path": "/webhooks/0/reinvocationPolicy", "value": "IfNeeded"}]'
    kubectl rollout restart deployment/web -n shop

If the added container does not use AWS, name it in the pod's annotation eks.amazonaws.com/skip-containers.`,
		Verify: `    kubectl get mutatingwebhookconfigurations -o custom-columns='NAME:.metadata.name,REINVOKED:.webhooks[*].reinvocationPolicy'
    kubectl get deployment web -n shop -o jsonpath='{.spec.template.spec.containers[*].name}'

A container that is in the pod but not in the template was added by a webhook. The API server calls webhooks in the
order of the names of their configurations.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			switch {
			case c.Wants == inject.None:
				return skip("the container requests no role")
			case assumed(s) && (stripped(c) || c.Has(inject.NotLikeSiblings)):
				return unknown(s.Intent.Gaps...)
			case stripped(c) && c.Wants != "":
				return Outcome{
					Result: Fail, Where: where(c, "env"), Have: "the mount of " + volumeNames[c.Mechanism] + " but no variables", Need: "both",
					Why:    "the webhook injects the mount and the variables together, so something removed the variables afterwards",
					Advice: "find the webhook or controller that replaces the container's env, and configure it to keep the variables",
				}
			case !c.Has(inject.NotLikeSiblings):
				return pass()
			}
			need := injection
			if s.Reading.Mechanism == inject.PodIdentity {
				need = "AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE and the mount of " + inject.PodIdentityVolume
			}
			return Outcome{
				Result: Fail, Where: where(c, "env"), Have: "nothing injected, unlike in the pod's other containers", Need: need,
				Why:    "another webhook added the container later, and the API server does not call the pod identity webhook again",
				Advice: "set reinvocationPolicy: IfNeeded in the MutatingWebhookConfiguration, then recreate the pod; or name the container in skip-containers if it does not use AWS",
			}
		})
	},
}

// stripped reports whether a container has the mount that the webhook adds, and none of the variables that come
// with it.
func stripped(c *subject.Container) bool {
	if c.Has(inject.HalfSet) {
		return false
	}
	switch c.Mechanism {
	case inject.WebIdentity:
		return c.Environment.WebIdentity == sdk.None
	case inject.PodIdentity:
		return c.Environment.Container == sdk.None
	default:
		return false
	}
}
