package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa206 = Check{
	Code: IRSA206, Class: Breaks, Link: LinkInjection,
	Title: "the injected role is not the annotated one",
	Doc: Doc{
		Means: `The service account's annotation names another role than the one that the webhook wrote into the pod. The
annotation was changed after the pod had been made, and the webhook changes no pod that exists. So the container
still asks for the old role: it works with the old role's permissions as long as that exists and trusts the
service account, and fails as soon as it is deleted.`,
		Example: `    $ kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[0].env[?(@.name=="AWS_ROLE_ARN")].value}'
    arn:aws:iam::111122223333:role/web-v1
    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations.eks\.amazonaws\.com/role-arn}'
    arn:aws:iam::111122223333:role/web-v2`,
		Fix: `Make the pods anew:

    kubectl rollout restart deployment/web -n shop

If the change of the annotation was the mistake, put the old role back instead; running pods need nothing then.`,
		Verify: `Ask the container who it is, before and after; the role's name stands in the ARN of the session:

    kubectl exec web-0 -n shop -c app -- aws sts get-caller-identity

A manifest that sets AWS_ROLE_ARN itself looks alike. Then the restart changes nothing, and the finding is IRSA205.`,
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
	why := "the annotation changed after the pod was made, and the webhook changes a pod only while it is being created"
	account, _ := s.Account.Get()
	if at, dated := snapshot.AnnotatedAt(account.ManagedFields, s.RoleKey()); dated && at.After(s.Pod.CreationTimestamp.Time) && !s.Pod.CreationTimestamp.IsZero() {
		why = "the annotation changed " + stamp(at) + ", after the pod was made " + stamp(s.Pod.CreationTimestamp.Time) + ", and the webhook changes a pod only while it is being created"
	}
	return Outcome{
		Result: Fail, Where: where(c, "env AWS_ROLE_ARN"), Have: c.RoleARN, Need: s.Binding.RoleARN, Why: why,
		Fix: recreate(s), Evidence: []string{s.Account.Source()},
	}
}
