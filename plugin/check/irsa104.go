package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa104 = Check{
	Code: IRSA104, Class: Breaks, Link: LinkAccount,
	Title: "the role annotation stands on the pod, where nothing reads it",
	Doc: Doc{
		Means: `The pod, and so the template that it was made from, carries the annotation eks.amazonaws.com/role-arn. The
webhook looks for it on the service account only. Of a pod it reads two annotations: token-expiration and
skip-containers. So nothing was injected. A pod's annotation cannot be enough for another reason too: anybody
who may create a pod would then choose its role.`,
		Example: `    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        metadata:
          annotations:
            eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/web   # nothing reads it here
        spec:
          serviceAccountName: web`,
		Fix: `Put the annotation on the service account and make the pods anew:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web
    kubectl rollout restart deployment/web -n shop

In Helm values that is mostly serviceAccount.annotations in the place of podAnnotations.`,
		Verify: `    kubectl get pod web-0 -n shop -o jsonpath='{.metadata.annotations}'
    kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'

The first shows the annotation, the second has to. kubectl irsa explain web-0 -n shop --no-aws looks at
the same without asking AWS.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA104, annotatedPod) },
}

func annotatedPod(s *subject.Subject) Outcome {
	value := s.Pod.Annotations[s.RoleKey()]
	out := Outcome{
		Result: Fail, Where: podWhere(s) + ", annotation " + s.RoleKey(), Have: "on the pod: " + value,
		Need:     "on " + accountWhere(s),
		Why:      "the webhook reads the role from the service account only; on a pod or a template nothing reads it",
		Advice:   "put the annotation on the service account, then make the pod anew",
		Evidence: []string{s.Account.Source()},
	}
	if inject.CheckRoleARN(value) == "" {
		out.Fix = annotate(s, value)
	}
	return out
}
