package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa108 = Check{
	Code: IRSA108, Class: Breaks, Link: LinkAccount,
	Title: "the role annotation is empty",
	Doc: Doc{
		Means: `The service account has the annotation eks.amazonaws.com/role-arn with nothing in it. To the webhook that is
the same as no annotation: it leaves the pods alone. Somebody meant to set it; as a rule a value of a chart or
a pipeline was not there when the manifest was made.`,
		Example: `    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
      namespace: shop
      annotations:
        eks.amazonaws.com/role-arn: ""    # {{ .Values.roleArn }} was not set`,
		Fix: `Set the role's ARN, then make the pods anew:

    kubectl annotate serviceaccount web -n shop --overwrite eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web
    kubectl rollout restart deployment/web -n shop

and mend the value that was empty, or the next roll-out empties it again. If the pod is to have no role, take
the annotation away altogether.`,
		Verify: `    kubectl get serviceaccount web -n shop -o json | jq '.metadata.annotations'
    helm get values web -n shop

An annotation of blanks is not empty: the webhook injects the blanks, which is IRSA106.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA108, emptyAnnotation) },
}

func emptyAnnotation(s *subject.Subject) Outcome {
	out := Outcome{
		Result: Fail, Where: accountWhere(s) + ", annotation " + s.RoleKey(), Have: `""`, Need: "the ARN of a role",
		Why:      "to the webhook an empty annotation is none",
		Advice:   "set the annotation to the role's ARN, then make the pod anew",
		Evidence: []string{s.Account.Source()},
	}
	if roles := s.RolesFor(s.AccountName); len(roles) == 1 {
		out.Need, out.Fix = roles[0].Arn, annotate(s, roles[0].Arn)
	}
	return out
}
