package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa211 = Check{
	Code: IRSA211, Class: Breaks, Link: LinkInjection,
	NeverUnknown: "it looks at the pod alone",
	Title:        "a container was added or changed after the webhook ran, and lacks what was injected",
	Doc: Doc{
		Means: `The pod's other containers were injected and this one was not, though no annotation leaves it out and its
manifest sets nothing that would keep the webhook away. So it was not there yet when the webhook looked: another
webhook (of a service mesh, a log shipper, a secrets agent) added it afterwards. A webhook whose registration says
reinvocationPolicy: IfNeeded is asked again in that case; one with Never, the default, is not. A container that has
the token's mount and none of the variables was changed: something wrote its environment anew.`,
		Example: `    $ kubectl get pod web-0 -n shop -o jsonpath='{range .spec.containers[*]}{.name}{": "}{.env[*].name}{"\n"}{end}'
    app: AWS_STS_REGIONAL_ENDPOINTS AWS_DEFAULT_REGION AWS_REGION AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE
    log-shipper: FLUSH_SECONDS`,
		Fix: `Let the API server ask the webhook again after others have changed the pod, then make the pods anew:

    kubectl patch mutatingwebhookconfiguration pod-identity-webhook --type json \
      -p '[{"op": "add", "path": "/webhooks/0/reinvocationPolicy", "value": "IfNeeded"}]'
    kubectl rollout restart deployment/web -n shop

If the added container needs no AWS, say so: name it in the pod's annotation eks.amazonaws.com/skip-containers.`,
		Verify: `    kubectl get mutatingwebhookconfigurations -o custom-columns='NAME:.metadata.name,REINVOKED:.webhooks[*].reinvocationPolicy'
    kubectl get deployment web -n shop -o jsonpath='{.spec.template.spec.containers[*].name}'

A container that is in the pod and not in the template was added by a webhook. Webhooks run in the order of their
configurations' names.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			switch {
			case c.Wants == inject.None:
				return skip("nothing asks for a role")
			case stripped(c) && c.Wants != "":
				return Outcome{
					Result: Fail, Where: where(c, "env"), Have: "the mount of " + volumeNames[c.Mechanism] + ", and none of the variables", Need: "both",
					Why:    "the webhook adds the mount and the variables together, so something took the variables out again",
					Advice: "find the webhook or controller that rewrites the container's environment, and let it keep what it does not know",
				}
			case !c.Has(inject.NotLikeSiblings):
				return pass()
			}
			need := injection
			if s.Reading.Mechanism == inject.PodIdentity {
				need = "AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE and the mount of " + inject.PodIdentityVolume
			}
			return Outcome{
				Result: Fail, Where: where(c, "env"), Have: "nothing injected, unlike into the pod's other containers", Need: need,
				Why:    "a container that another webhook adds afterwards is not seen by the pod identity webhook, unless that is invoked again",
				Advice: "set reinvocationPolicy: IfNeeded in the webhook's registration and make the pod anew; or name the container in skip-containers if it needs no AWS",
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
