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
		Means: `The service account has an annotation that looks like the role annotation but has a different key:
eks.amazonaws.com/role_arn, …/roleArn, …/iam-role-arn, role-arn without a prefix, or the right name with another
prefix. Kubernetes accepts any annotation key, so it reports no error. The webhook reads only the key
eks.amazonaws.com/role-arn, so for the webhook this service account has no role.`,
		Example: `    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
      namespace: shop
      annotations:
        eks.amazonaws.com/role_arn: arn:aws:iam::111122223333:role/web   # underscore instead of hyphen`,
		Fix: `Set the correct key, remove the wrong one, then restart the workload:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web
    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role_arn-
    kubectl rollout restart deployment/web -n shop

Correct the key in its source too: the chart's values, Terraform, or the GitOps repository. Helm splits the keys of
--set at dots, so escape the dots of the prefix:

    --set 'serviceAccount.annotations.eks\.amazonaws\.com/role-arn=arn:aws:iam::111122223333:role/web'`,
		Verify: `    kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'

A self-managed webhook can use another prefix (--annotation-prefix). The prefix of the EKS webhook is fixed.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA107, misspelledKeys) },
}

func misspelledKeys(s *subject.Subject) Outcome {
	account, _ := s.Account.Get()
	annotations, keys := account.Annotations, s.Unbound.Misspelled
	out := Outcome{
		Result: Fail, Where: accountWhere(s) + ", annotations", Have: strings.Join(keys, ", "), Need: s.RoleKey(),
		Why:      "the webhook reads this key only",
		Advice:   "set the annotation " + s.RoleKey() + " to the role's ARN, then recreate the pod",
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
