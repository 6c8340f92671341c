package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa701 = Check{
	Code: IRSA701, Class: Note, Link: LinkPodIdentity,
	Title: "the service account has an association and a role annotation, and the annotation is dead",
	Doc: Doc{
		Means: `A Pod Identity association and an annotation with a role are both there. The webhook looks for the association first
and then gives new pods only what Pod Identity needs: they get the association's role, and nothing reads the annotation
any more. Pods from before the association keep the annotated role until they are made anew, so that two pods of one
workload may be two identities for a while.`,
		Example: `    metadata:
      annotations:
        eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/web-irsa

    aws eks list-pod-identity-associations --cluster-name prod --namespace shop --service-account web
    {"associations": [{"associationId": "a-0123456789abcdefg", "namespace": "shop", "serviceAccount": "web"}]}`,
		Fix: `Keep one of the two. If Pod Identity is meant, take the annotation away:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn-

If IRSA is meant, delete the association and restart the workload:

    aws eks delete-pod-identity-association --cluster-name prod --association-id a-0123456789abcdefg
    kubectl rollout restart deployment/web -n shop`,
		Verify: `A pod's variables tell what it was given: AWS_CONTAINER_CREDENTIALS_FULL_URI is Pod Identity, AWS_ROLE_ARN is IRSA.

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
			Need: "nothing beside the association with " + s.Intent.PodIdentityRole(),
			Why:  "the webhook looks for an association first: new pods get " + s.Intent.PodIdentityRole() + ", and nothing of the annotation",
			Fix: []change.Change{change.Annotate{
				Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.RoleKey(),
			}},
			Evidence: []string{s.Associations.Source()},
		}
	},
}
