package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa202 = Check{
	Code: IRSA202, Class: Breaks, Link: LinkInjection,
	Title: "the pod identity webhook is not registered",
	Doc: Doc{
		Means: `No MutatingWebhookConfiguration of the cluster calls the pod identity webhook. The API server creates
pods without the token volume and the variables, for IRSA and for EKS Pod Identity. No event and no log shows this.
On EKS the webhook runs in the control plane; only its MutatingWebhookConfiguration is in the cluster, where it can
be deleted, for example when somebody removes unused webhooks or another tool uses the same name. EKS does not
create it again.`,
		Example: `    $ kubectl get mutatingwebhookconfigurations
    NAME                            WEBHOOKS   AGE
    vpc-resource-mutating-webhook   1          210d`,
		Fix: `On EKS, create the MutatingWebhookConfiguration again. Read the cluster's CA:

    aws eks describe-cluster --name prod --query cluster.certificateAuthority.data --output text

Put it into this manifest and apply it:

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

On other clusters, install the webhook again. Then restart the workloads whose pods were created without the
webhook:

    kubectl rollout restart deployment/web -n shop`,
		Verify: `    kubectl get mutatingwebhookconfigurations -o custom-columns='NAME:.metadata.name,WEBHOOKS:.webhooks[*].name'

Print what a new pod gets, without creating it:

    kubectl run probe --image=none --dry-run=server -o yaml -n shop --overrides='{"spec":{"serviceAccountName":"web"}}'`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA202, notRegistered) },
}

func notRegistered(s *subject.Subject) Outcome {
	return Outcome{
		Result: Fail, Where: "MutatingWebhookConfigurations of the cluster", Have: "none for the pod identity webhook", Need: "pod-identity-webhook",
		Why:      "the webhook injects the token volume and the variables; without it the API server creates pods without them, and no event shows this",
		Advice:   "register the webhook again (on EKS: MutatingWebhookConfiguration pod-identity-webhook for https://127.0.0.1:23443/mutate with the cluster's CA), then recreate the pod",
		Evidence: []string{s.Registrations.Source()},
	}
}
