package check

var irsa213 = Check{
	Code: "IRSA213", Class: Breaks, Link: LinkInjection,
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
		Mend: `Where the CA is wrong, write the right one into the registration; on EKS:

    kubectl patch mutatingwebhookconfiguration pod-identity-webhook --type json -p '[{"op": "replace",
      "path": "/webhooks/0/clientConfig/caBundle", "value": "THE DATA OF eks:DescribeCluster"}]'

Where a webhook of your own has no ready pod, mend its Deployment, and let it run with two replicas: after a
restart of the whole cluster it has to be up before the pods that need it. Then make the pods anew that were
admitted meanwhile.`,
		Sure: `    kubectl get endpointslices -n NAMESPACE -l kubernetes.io/service-name=pod-identity-webhook
    kubectl run probe --image=none --dry-run=server -o yaml -n shop --overrides='{"spec":{"serviceAccountName":"web"}}'

The second shows what a new pod would get. The API server's log has the error itself: x509: certificate signed
by unknown authority, or connection refused, and failing open.`,
	},
	Run: func(s *Subject) Outcome { return s.notInjected.of("IRSA213") },
}
