package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa104 = Check{
	Code: IRSA104, Class: Breaks, Link: LinkAccount,
	Title: "the role annotation is on the pod instead of the service account",
	Doc: Doc{
		Means: `The pod, and so the pod template, has the annotation eks.amazonaws.com/role-arn. The webhook reads this
annotation from the service account only. From a pod it reads two other annotations: token-expiration and
skip-containers. So it injected nothing. This is a security boundary: otherwise anybody who can create a pod could
choose its role.`,
		Example: `    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        metadata:
          annotations:
            eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/web   # ignored here
        spec:
          serviceAccountName: web`,
		Fix: `Move the annotation to the service account, then restart the workload:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/web
    kubectl rollout restart deployment/web -n shop

In most Helm charts, use serviceAccount.annotations instead of podAnnotations.`,
		Verify: `    kubectl get pod web-0 -n shop -o jsonpath='{.metadata.annotations}'
    kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'

The second command must show the annotation. This checks the pod without calling AWS:

    kubectl irsa explain web-0 -n shop --no-aws`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA104, annotatedPod) },
}

func annotatedPod(s *subject.Subject) Outcome {
	value := s.Pod.Annotations[s.RoleKey()]
	out := Outcome{
		Result: Fail, Where: podWhere(s) + ", annotation " + s.RoleKey(), Have: "on the pod: " + value,
		Need:     "on " + accountWhere(s),
		Why:      "the webhook reads the role from the service account only and ignores this annotation on a pod",
		Advice:   "move the annotation to the service account, then recreate the pod",
		Evidence: []string{s.Account.Source()},
	}
	if inject.CheckRoleARN(value) == "" {
		out.Fix = annotate(s, value)
	}
	return out
}
