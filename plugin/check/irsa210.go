package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa210 = Check{
	Code: IRSA210, Class: Note, Link: LinkInjection,
	NeverUnknown: "it looks at the pod alone",
	Title:        "an ephemeral container has none of the pod's credentials settings",
	Doc: Doc{
		Means: `The webhook is called when a pod is created. A container that kubectl debug adds later is an update of the pod,
for which it is not called, so it has neither the variables nor the token's mount. What aws sts get-caller-identity
says in it is about this container only (the node's role, or no credentials) and says nothing about the others.

The pod's verdict does not depend on its ephemeral containers.`,
		Example: `    $ kubectl debug -it web-0 -n shop --image=amazon/aws-cli --target=app -- sts get-caller-identity
    Unable to locate credentials. You can configure credentials by running "aws configure".

while the container app of the same pod works.`,
		Fix: `Nothing has to be mended. To try the pod's role, run the command in a container that was there at creation, or
in a copy of the pod, which goes through the webhook as any new pod does:

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
			Why:    "the webhook is called for pods that are created, not for containers that are added to one",
			Advice: "look from a container that was there when the pod was created, or from a copy made with kubectl debug --copy-to",
		}
	},
}
