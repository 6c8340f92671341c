package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa108 = Check{
	Code: IRSA108, Class: Breaks, Link: LinkAccount,
	Title: "the role annotation is empty",
	Doc: Doc{
		Means: `The service account has the annotation eks.amazonaws.com/role-arn with an empty value. The webhook treats
an empty annotation as no annotation and does not mutate the pods. Usually a chart or a pipeline had no value for
the role when it rendered the manifest.`,
		Example: `    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
      namespace: shop
      annotations:
        eks.amazonaws.com/role-arn: ""    # {{ .Values.roleArn }} was not set`,
		Fix: `Set the annotation to the role's ARN, then restart the workload:

    kubectl annotate serviceaccount web -n shop --overwrite eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web
    kubectl rollout restart deployment/web -n shop

Set the value in its source too; otherwise the next rollout empties it again. If the pod needs no role, remove the
annotation:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn-`,
		Verify: `    kubectl get serviceaccount web -n shop -o json | jq '.metadata.annotations'
    helm get values web -n shop

An annotation that contains only blanks is not empty: the webhook injects the blanks, and the finding is IRSA106.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA108, emptyAnnotation) },
}

func emptyAnnotation(s *subject.Subject) Outcome {
	out := Outcome{
		Result: Fail, Where: accountWhere(s) + ", annotation " + s.RoleKey(), Have: `""`, Need: "the ARN of a role",
		Why:      "the webhook treats an empty annotation as no annotation",
		Advice:   "set the annotation to the role's ARN, then recreate the pod",
		Evidence: []string{s.Account.Source()},
	}
	if roles := s.RolesFor(s.AccountName); len(roles) == 1 {
		out.Need, out.Fix = roles[0].Arn, annotate(s, roles[0].Arn)
	}
	return out
}
