package check

var irsa107 = Check{
	Code: "IRSA107", Class: Breaks, Link: LinkAccount,
	Title: "the role annotation's key is misspelled",
	Doc: Doc{
		Means: `The service account has an annotation that looks like the role annotation and is not: eks.amazonaws.com/role_arn,
…/roleArn, …/iam-role-arn, role-arn without a prefix, or the right name under another prefix. Annotations are
free text to Kubernetes, so nothing refuses it. The webhook reads exactly one key, eks.amazonaws.com/role-arn, and
to it this service account has no role.`,
		Example: `    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
      namespace: shop
      annotations:
        eks.amazonaws.com/role_arn: arn:aws:iam::111122223333:role/web   # an underscore`,
		Mend: `Set the right key, take the wrong one away, and make the pods anew:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web
    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role_arn-
    kubectl rollout restart deployment/web -n shop

Mend it where it is written down too: in the chart's values, in Terraform, in the GitOps repository. Helm's
--set splits keys at dots, so the dots of the prefix have to be escaped there:
--set 'serviceAccount.annotations.eks\.amazonaws\.com/role-arn=…'.`,
		Sure: `    kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'

A webhook of your own can be started with another --annotation-prefix; EKS's is fixed.`,
	},
	Run: func(s *Subject) Outcome { return s.unbound.of("IRSA107") },
}
