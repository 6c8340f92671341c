package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa107 = Check{
	Code: IRSA107, Class: Breaks, Link: LinkAccount,
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
		Fix: `Set the right key, take the wrong one away, and make the pods anew:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web
    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role_arn-
    kubectl rollout restart deployment/web -n shop

Mend it where it is written down too: in the chart's values, in Terraform, in the GitOps repository. Helm's
--set splits keys at dots, so the dots of the prefix have to be escaped there:
--set 'serviceAccount.annotations.eks\.amazonaws\.com/role-arn=…'.`,
		Verify: `    kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'

A webhook of your own can be started with another --annotation-prefix; EKS's is fixed.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA107, misspelledKeys) },
}

func misspelledKeys(s *subject.Subject) Outcome {
	account, _ := s.Account.Get()
	annotations, keys := account.Annotations, s.Unbound.Misspelled
	out := Outcome{
		Result: Fail, Where: accountWhere(s) + ", annotations", Have: strings.Join(keys, ", "), Need: s.RoleKey(),
		Why:      "the webhook reads this one key and no other",
		Advice:   "set the annotation " + s.RoleKey() + " to the role's ARN, then make the pod anew",
		Evidence: []string{s.Account.Source()},
	}
	value := annotations[keys[0]]
	agree := !slices.ContainsFunc(keys, func(key string) bool { return annotations[key] != value })
	if agree && value != "" && inject.CheckRoleARN(value) == "" {
		out.Fix = []change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.RoleKey(), Value: value}}
		for _, key := range keys {
			out.Fix = append(out.Fix, change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: key})
		}
		out.Fix = append(out.Fix, recreate(s)...)
	}
	return out
}
