package check

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa213 = Check{
	Code: IRSA213, Class: Breaks, Link: LinkInjection,
	Title: "the webhook is registered and cannot answer",
	Doc: Doc{
		Means: `The API server calls the pod identity webhook for this pod and cannot get an answer: the webhook's Service has
no ready endpoint, or the registration's CA bundle is empty or is not the CA that signed the webhook's
certificate (on EKS that is the cluster's own CA, which changes when it is rotated). With failurePolicy Ignore
the pod is then admitted without credentials, without a word. With Fail no pod is created at all.`,
		Example: `After a rotation of the cluster's CA the registration still holds the old one:

    $ kubectl get mutatingwebhookconfiguration pod-identity-webhook -o jsonpath='{.webhooks[0].clientConfig.caBundle}' | sha256sum
    6d9b…
    $ aws eks describe-cluster --name prod --query cluster.certificateAuthority.data --output text | tr -d '\n' | sha256sum
    03f1…`,
		Fix: `Where the CA is wrong, write the right one into the registration; on EKS:

    kubectl patch mutatingwebhookconfiguration pod-identity-webhook --type json -p '[{"op": "replace",
      "path": "/webhooks/0/clientConfig/caBundle", "value": "THE DATA OF eks:DescribeCluster"}]'

Where a webhook of your own has no ready pod, mend its Deployment, and let it run with two replicas: after a
restart of the whole cluster it has to be up before the pods that need it. Then make the pods anew that were
admitted meanwhile.`,
		Verify: `    kubectl get endpointslices -n NAMESPACE -l kubernetes.io/service-name=pod-identity-webhook
    kubectl run probe --image=none --dry-run=server -o yaml -n shop --overrides='{"spec":{"serviceAccountName":"web"}}'

The second shows what a new pod would get. The API server's log has the error itself: x509: certificate signed
by unknown authority, or connection refused, and failing open.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA213, webhookDown) },
}

func webhookDown(s *subject.Subject) Outcome {
	o := s.NotInjected.Outage
	out := Outcome{
		Result: Fail, Where: o.Registration.Where() + ", clientConfig.caBundle",
		Advice: "mend the webhook, then make the pod anew", Evidence: []string{s.Registrations.Source()},
	}
	switch o.Cause {
	case subject.WithoutCA:
		out.Have, out.Need = "empty", "the CA that signed the webhook's certificate"
		out.Why = "the API server then trusts only public CAs, so it refuses the webhook's certificate"
	case subject.OtherCA:
		out.Have, out.Need = "another CA than the cluster's", "the cluster's CA (eks:DescribeCluster, certificateAuthority.data)"
		out.Why = "on EKS the webhook's certificate is of the cluster's own CA, so the API server refuses it"
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
		return " and, with failurePolicy Ignore, admits pods as they are, without an event"
	default:
		return " and, with failurePolicy Fail, creates no pods"
	}
}
