package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa701 = Check{
	Code: IRSA701, Class: Note, Link: LinkPodIdentity,
	Title: "the role annotation has no effect because the service account has a Pod Identity association",
	Doc: Doc{
		Means: `The service account has a Pod Identity association and a role annotation. The webhook uses the association first: new
pods get the association's role, and the webhook does not read the annotation. Pods that are older than the
association keep the annotated role until they are recreated, so two pods of one workload can have different roles.`,
		Example: `    metadata:
      annotations:
        eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/web-irsa

    aws eks list-pod-identity-associations --cluster-name prod --namespace shop --service-account web
    {"associations": [{"associationId": "a-0123456789abcdefg", "namespace": "shop", "serviceAccount": "web"}]}`,
		Fix: `Keep one of the two. To use Pod Identity, remove the annotation:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn-

To use IRSA, delete the association and restart the workload:

    aws eks delete-pod-identity-association --cluster-name prod --association-id a-0123456789abcdefg
    kubectl rollout restart deployment/web -n shop`,
		Verify: `List the pod's variables. AWS_CONTAINER_CREDENTIALS_FULL_URI means Pod Identity, AWS_ROLE_ARN means IRSA:

    kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[*].env[*].name}'`,
	},
	Run: func(s *subject.Subject) Outcome {
		list, known := s.Associations.Get()
		annotated := s.Binding.RoleARN != "" && !s.Binding.FromConfigMap
		switch {
		case !s.Account.Known() && !s.Account.Absent():
			return aside(s.Account)
		case !annotated:
			return pass(s.Account.Source())
		case !known:
			return aside(s.Associations)
		case len(list) == 0:
			return pass(s.Associations.Source())
		case s.PodIdentity != nil && s.PodIdentity.Impossible != subject.Possible:
			return skip(IRSA705)
		}
		return Outcome{
			Result: Fail, Where: accountWhere(s) + ", annotation " + s.RoleKey(), Have: s.Binding.RoleARN,
			Need: "only the association with " + s.Intent.PodIdentityRole(),
			Why:  "the webhook uses an association first: new pods get " + s.Intent.PodIdentityRole() + ", and the webhook does not read the annotation",
			Fix: []change.Change{change.Annotate{
				Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.RoleKey(),
			}},
			Evidence: []string{s.Associations.Source()},
		}
	},
}
