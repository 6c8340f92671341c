package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa210 = Check{
	Code: IRSA210, Class: Note, Link: LinkInjection,
	NeverUnknown: "it reads only the pod",
	Title:        "an ephemeral container has no credentials settings",
	Doc: Doc{
		Means: `The API server calls the webhook when a pod is created. kubectl debug adds an ephemeral container by an
update of the pod, so the webhook does not mutate that container: it has no variables and no token mount. aws sts
get-caller-identity in it shows the node's role or no credentials. This is no evidence about the other containers.

The verdict about the pod does not depend on its ephemeral containers.`,
		Example: `    $ kubectl debug -it web-0 -n shop --image=amazon/aws-cli --target=app -- sts get-caller-identity
    Unable to locate credentials. You can configure credentials by running "aws configure".

Container app of the same pod works.`,
		Fix: `No fix is needed. To test the pod's role, run the command in a container that exists since the pod was
created, or in a copy of the pod, which the webhook mutates like any new pod:

    kubectl exec web-0 -n shop -c app -- aws sts get-caller-identity
    kubectl debug web-0 -n shop -it --copy-to=web-debug --container=aws --image=amazon/aws-cli -- sts get-caller-identity`,
		Verify: `    kubectl get pod web-0 -n shop -o jsonpath='{.spec.ephemeralContainers[*].name}'
    kubectl irsa whoami pod/web-0 -n shop`,
	},
	Run: func(s *subject.Subject) Outcome {
		if s.Reading.Mechanism == inject.None {
			return skip("nothing was injected into the pod")
		}
		var names []string
		for _, c := range s.Containers {
			if c.Has(inject.NothingInEphemeral) {
				names = append(names, c.Name)
			}
		}
		if len(names) == 0 {
			return pass()
		}
		return Outcome{
			Result: Fail, Containers: names, Where: podWhere(s) + ", ephemeralContainers", Have: "no credentials variables",
			Why:    "the API server calls the webhook when a pod is created, not when a container is added to it",
			Advice: "use a container that exists since the pod was created, or a copy of the pod (kubectl debug --copy-to)",
		}
	},
}
