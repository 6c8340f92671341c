package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa702 = Check{
	Code: IRSA702, Class: Breaks, Link: LinkPodIdentity,
	Title: "the service account has an association, but the webhook did not inject Pod Identity into the pod",
	Doc: Doc{
		Means: `The webhook injects Pod Identity only when a pod is created. This pod has no Pod Identity settings although its
service account has an association: the pod is older than the association, or it was created in the few seconds before
the webhook received the association. If the service account also has a role annotation, such a pod gets the annotated
role through IRSA instead.`,
		Example: `A pod created together with its association:

    association a-0123456789abcdefg   created 2026-06-15T10:00:01Z
    pod web-0                         created 2026-06-15T10:00:03Z, with AWS_WEB_IDENTITY_TOKEN_FILE`,
		Fix: `Restart the workload:

    kubectl rollout restart statefulset/web -n shop

If a pipeline creates both, let it create the association first and then wait some seconds: associations are
eventually consistent.`,
		Verify: `Compare the creation times, and list the pod's variables:

    aws eks describe-pod-identity-association --cluster-name prod --association-id a-0123456789abcdefg --query association.createdAt
    kubectl get pod web-0 -n shop -o jsonpath='{.metadata.creationTimestamp}{"\n"}{.spec.containers[*].env[*].name}'`,
	},
	Run: func(s *subject.Subject) Outcome {
		list, known := s.Associations.Get()
		switch {
		case s.Reading.Mechanism == inject.PodIdentity:
			return pass(podWhere(s))
		case !known && bringsWebIdentity(s) && (s.Associations.State() == fact.StateUnasked || !newest(s)):
			return skip("the pod has a web identity, and an association affects new pods only")
		case s.Intent.Next != nil:
			return skip(IRSA216)
		case !known:
			return gap(s.Associations)
		case len(list) == 0:
			return skip("the service account has no association")
		case s.Predicted:
			return skip("the pod does not exist yet")
		case s.PodIdentity.Impossible != subject.Possible:
			return skip(IRSA705)
		case injectionCode(s) != "":
			return skip(injectionCode(s))
		}
		return notInjectedByAssociation(s)
	},
}

// newest reports whether the pod is as new as the snapshot: what a plan creates, which an association that was not read may give
// another role.
func newest(s *subject.Subject) bool {
	created := s.Pod.CreationTimestamp.Time
	return !created.IsZero() && !created.Before(s.Snapshot.TakenAt())
}

// bringsWebIdentity reports whether a container has a web identity, by the webhook or by hand.
func bringsWebIdentity(s *subject.Subject) bool {
	for _, c := range s.Reading.Containers {
		if c.Mechanism == inject.WebIdentity || c.ByHand == inject.WebIdentity {
			return true
		}
	}
	return false
}

func notInjectedByAssociation(s *subject.Subject) Outcome {
	var concerned []string
	for _, c := range s.Containers {
		if c.Wants == inject.PodIdentity && c.Environment.Container == sdk.None && !c.Has(inject.SkippedByAnnotation) {
			concerned = append(concerned, c.Name)
		}
	}
	if len(concerned) == 0 {
		return skip("the containers set their own variables, or the pod's annotation skips them")
	}
	association, created := s.Intent.Association, s.Pod.CreationTimestamp.Time
	out := Outcome{
		Result: Fail, Where: podWhere(s), Have: "nothing injected", Need: "AWS_CONTAINER_CREDENTIALS_FULL_URI and the volume " + inject.PodIdentityVolume,
		Why: "the pod was created before the webhook received the association, and the webhook mutates a pod only when it is created",
		Fix: recreate(s), Containers: concerned, Evidence: []string{s.Associations.Source()},
	}
	if s.Reading.Mechanism == inject.WebIdentity {
		out.Have = "AWS_ROLE_ARN and token volume for role " + s.InjectedRole()
	}
	if created.IsZero() || association.CreatedAt.IsZero() {
		return out
	}
	if association.CreatedAt.After(created) {
		out.Have += ", created " + stamp(created)
		out.Need = "created after the association, " + stamp(association.CreatedAt)
		out.Why = "the pod is older than the association, and the webhook mutates a pod only when it is created"
		return out
	}
	out.Fix = recreateIf(s, webhookAnswersNow, probe(s)...)
	out.Have += ", although the association was created " + stamp(association.CreatedAt) + " and the pod " + stamp(created)
	return out
}
