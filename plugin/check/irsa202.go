package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa202 = Check{
	Code: IRSA202, Class: Breaks, Link: LinkInjection,
	Title: "the pod identity webhook is not registered",
	Doc: Doc{
		Means: `No MutatingWebhookConfiguration of the cluster calls the pod identity webhook, so the API server creates pods as
they are submitted: without token, variables and volume, for IRSA and for EKS Pod Identity alike. No event and
no log line in the cluster says so. On EKS the webhook itself runs in the control plane, out of sight; only its
registration is an object of the cluster, and anybody with the rights can delete that. It happens in clean-ups
of webhooks, and when another tool takes the name over. EKS does not put it back.`,
		Example: `    $ kubectl get mutatingwebhookconfigurations
    NAME                            WEBHOOKS   AGE
    vpc-resource-mutating-webhook   1          210d`,
		Fix: `On EKS, register it again. The CA is the cluster's own:

    aws eks describe-cluster --name prod --query cluster.certificateAuthority.data --output text

    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingWebhookConfiguration
    metadata: {name: pod-identity-webhook}
    webhooks:
    - name: iam-for-pods.amazonaws.com
      clientConfig:
        url: https://127.0.0.1:23443/mutate
        caBundle: THE CA FROM ABOVE
      admissionReviewVersions: [v1beta1]
      failurePolicy: Ignore
      reinvocationPolicy: IfNeeded
      sideEffects: None
      timeoutSeconds: 10
      rules:
      - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}

Elsewhere, install the webhook again. Then make the pods anew; those that were made meanwhile stay without.`,
		Verify: `    kubectl get mutatingwebhookconfigurations -o custom-columns='NAME:.metadata.name,WEBHOOKS:.webhooks[*].name'

A test without touching a workload: what the API server would make of a pod.

    kubectl run probe --image=none --dry-run=server -o yaml -n shop --overrides='{"spec":{"serviceAccountName":"web"}}'`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA202, notRegistered) },
}

func notRegistered(s *subject.Subject) Outcome {
	return Outcome{
		Result: Fail, Where: "MutatingWebhookConfigurations of the cluster", Have: "none of the pod identity webhook", Need: "pod-identity-webhook",
		Why:      "without the webhook nothing gives pods the token and the variables of their role, and nothing says so",
		Advice:   "register the webhook again (on EKS: MutatingWebhookConfiguration pod-identity-webhook for https://127.0.0.1:23443/mutate with the cluster's CA), then make the pod anew",
		Evidence: []string{s.Registrations.Source()},
	}
}
