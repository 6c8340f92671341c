package check

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa213 = Check{
	Code: IRSA213, Class: Breaks, Link: LinkInjection,
	Title: "the pod identity webhook is registered but cannot answer",
	Doc: Doc{
		Means: `The API server calls the pod identity webhook for this pod but gets no answer. The webhook's Service has
no ready endpoint, or the caBundle of its MutatingWebhookConfiguration is empty or is not the CA that signed the
webhook's certificate. On EKS that is the cluster's CA, which changes when it is rotated. With failurePolicy Ignore
the API server creates the pod without credentials and without an error. With failurePolicy Fail it creates no pod.`,
		Example: `After a rotation of the cluster's CA, the caBundle still contains the old CA:

    $ kubectl get mutatingwebhookconfiguration pod-identity-webhook -o jsonpath='{.webhooks[0].clientConfig.caBundle}' | sha256sum
    6d9b…
    $ aws eks describe-cluster --name prod --query cluster.certificateAuthority.data --output text | tr -d '\n' | sha256sum
    03f1…

The API server log shows:

    failed calling webhook "iam-for-pods.amazonaws.com": … x509: certificate signed by unknown authority`,
		Fix: `If the CA is wrong, set the right one. On EKS:

    kubectl patch mutatingwebhookconfiguration pod-identity-webhook --type json -p '[{"op": "replace",
      "path": "/webhooks/0/clientConfig/caBundle", "value": "THE DATA OF eks:DescribeCluster"}]'

If a self-managed webhook has no ready pod, fix its Deployment. Run two replicas: after a restart of the whole
cluster the webhook must be ready before the pods that need it. Then restart the workloads whose pods were created
without the webhook.`,
		Verify: `    kubectl get endpointslices -n NAMESPACE -l kubernetes.io/service-name=pod-identity-webhook
    kubectl run probe --image=none --dry-run=server -o yaml -n shop --overrides='{"spec":{"serviceAccountName":"web"}}'

The second command prints what a new pod gets. The API server log shows the error: "x509: certificate signed by
unknown authority" or "connection refused", and "failing open".`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA213, webhookDown) },
}

func webhookDown(s *subject.Subject) Outcome {
	o := s.NotInjected.Outage
	out := Outcome{
		Result: Fail, Where: o.Registration.Where() + ", clientConfig.caBundle",
		Advice: "fix the webhook, then recreate the pod", Evidence: []string{s.Registrations.Source()},
	}
	switch o.Cause {
	case subject.WithoutCA:
		out.Have, out.Need = "empty", "the CA that signed the webhook's certificate"
		out.Why = "the API server then trusts only public CAs, so it rejects the webhook's certificate"
	case subject.OtherCA:
		out.Have, out.Need = "a CA that is not the cluster's", "the cluster's CA (eks:DescribeCluster, certificateAuthority.data)"
		out.Why = "on EKS the cluster's CA signs the webhook's certificate, so the API server rejects it"
	default:
		out.Where = "Service " + o.Service + " of " + o.Registration.Where()
		out.Have, out.Need = "no ready endpoint", "a ready endpoint"
		out.Why = "the API server cannot reach the webhook"
	}
	out.Why += consequence(o.Registration)
	return out
}

// consequence says what happens to pods while the webhook cannot answer.
func consequence(r subject.Registration) string {
	switch {
	case r.Webhook.FailurePolicy == nil:
		return ""
	case *r.Webhook.FailurePolicy == admissionv1.Ignore:
		return " and, with failurePolicy Ignore, creates pods without the webhook and without an event"
	default:
		return " and, with failurePolicy Fail, creates no pods"
	}
}
