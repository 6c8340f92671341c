package check

var irsa214 = Check{
	Code: "IRSA214", Class: Breaks, Link: LinkInjection,
	Title: "the webhook's selectors leave the pod out",
	Doc: Doc{
		Means: `The API server calls a webhook only for the pods that its registration takes in: by its rules, its
namespaceSelector and its objectSelector. This pod is not among them, so it was never shown to the webhook. The
registration that EKS makes leaves out pods with the label eks.amazonaws.com/skip-pod-identity-webhook, whatever
its value, "false" included. Registrations of one's own often leave kube-system out, or take in only labelled
namespaces.`,
		Example: `    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        metadata:
          labels:
            app: web
            eks.amazonaws.com/skip-pod-identity-webhook: "false"   # the key alone opts out`,
		Mend: `Take the label from the template; that makes the pods anew:

    kubectl patch deployment/web -n shop -p '{"spec":{"template":{"metadata":{"labels":{"eks.amazonaws.com/skip-pod-identity-webhook":null}}}}}'

Where a namespaceSelector asks for a label, give it to the namespace, then restart the workload:

    kubectl label namespace shop pod-identity-webhook=enabled`,
		Sure: `    kubectl get mutatingwebhookconfiguration pod-identity-webhook -o jsonpath='{.webhooks[0].objectSelector}{"\n"}{.webhooks[0].namespaceSelector}{"\n"}'
    kubectl get pod web-0 -n shop --show-labels
    kubectl get namespace shop --show-labels

Labels are judged as they are now; the pod may have had others when it was created. matchConditions, if there
are any, are not evaluated here.`,
	},
	Run: func(s *Subject) Outcome { return s.notInjected.of("IRSA214") },
}
