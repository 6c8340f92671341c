package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa206 = Check{
	Code: IRSA206, Class: Breaks, Link: LinkInjection,
	Title: "the injected role differs from the role annotation",
	Doc: Doc{
		Means: `The service account's annotation names a different role than the one that the webhook injected into the
pod. The annotation changed after the pod was created, and the webhook does not mutate existing pods. The container
still requests the old role. It works with the permissions of the old role, and fails when that role is deleted or
no longer trusts the service account.`,
		Example: `    $ kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[0].env[?(@.name=="AWS_ROLE_ARN")].value}'
    arn:aws:iam::111122223333:role/web-v1
    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations.eks\.amazonaws\.com/role-arn}'
    arn:aws:iam::111122223333:role/web-v2`,
		Fix: `Restart the workload:

    kubectl rollout restart deployment/web -n shop

If the annotation is wrong and not the pod, set the old role again. Running pods then need no restart.`,
		Verify: `Print the container's identity before and after the restart. The ARN contains the role's name:

    kubectl exec web-0 -n shop -c app -- aws sts get-caller-identity

If the manifest sets AWS_ROLE_ARN, a restart changes nothing, and the finding is IRSA205.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			switch {
			case c.Mechanism != inject.WebIdentity || c.RoleARN == "":
				return skip("no role was injected")
			case s.Intent.Mechanism == inject.PodIdentity:
				return skip(IRSA702)
			case s.Account.Absent():
				return skip(IRSA101)
			case !s.Account.Known():
				return gap(s.Account)
			case s.Binding.RoleARN == "":
				return skip(IRSA216)
			case c.RoleARN == s.Binding.RoleARN:
				return pass(s.Account.Source())
			case inject.CheckRoleARN(s.Binding.RoleARN) != "":
				return skip(IRSA106)
			case s.OwnPair(c):
				return skip(IRSA205)
			}
			return staleRole(s, c)
		})
	},
}

func staleRole(s *subject.Subject, c *subject.Container) Outcome {
	why := "the annotation changed after the pod was created, and the webhook mutates a pod only when it is created"
	account, _ := s.Account.Get()
	if at, dated := snapshot.AnnotatedAt(account.ManagedFields, s.RoleKey()); dated && at.After(s.Pod.CreationTimestamp.Time) && !s.Pod.CreationTimestamp.IsZero() {
		why = "the annotation changed " + stamp(at) + ", after the pod was created " + stamp(s.Pod.CreationTimestamp.Time) + ", and the webhook mutates a pod only when it is created"
	}
	return Outcome{
		Result: Fail, Where: where(c, "env AWS_ROLE_ARN"), Have: c.RoleARN, Need: s.Binding.RoleARN, Why: why,
		Fix: recreate(s), Evidence: []string{s.Account.Source()},
	}
}
