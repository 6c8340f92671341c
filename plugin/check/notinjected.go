package check

import (
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

// classifyNotInjected decides which code speaks for a pod that is meant to get web identity and into which
// nothing was injected: first that the webhook could not (214, 213, 202), then when the annotation came
// (201, 203), then that it cannot be told (217).
func (s *Subject) classifyNotInjected() verdictOf {
	if s.Intent.Mechanism != inject.WebIdentity || s.Predicted || s.Reading.Mechanism != inject.None || !s.injectable() {
		return verdictOf{}
	}
	registered, known := s.Registrations.Get()
	if known && len(registered) == 0 {
		return verdictOf{"IRSA202", s.notRegistered()}
	}
	if out, code := s.registrationTrouble(registered); code != "" {
		return verdictOf{code, out}
	}
	account, _ := s.Account.Get()
	created := s.Pod.CreationTimestamp.Time
	annotated, dated := evidence.AnnotatedAt(account.ManagedFields, s.roleKey())
	switch {
	case created.IsZero():
		return verdictOf{"IRSA217", s.whenUnknown(known)}
	case dated && annotated.After(created):
		return verdictOf{"IRSA201", s.older("the annotation was set "+stamp(annotated), created)}
	case account.CreationTimestamp.After(created):
		return verdictOf{"IRSA201", s.older("the service account was made "+stamp(account.CreationTimestamp.Time), created)}
	case dated && known:
		return verdictOf{"IRSA203", s.passedOver(annotated, created)}
	default:
		return verdictOf{"IRSA217", s.whenUnknown(known)}
	}
}

// injectable reports whether there is a container that the webhook would have given something: those that
// are skipped, or that bring variables of their own, have codes of their own.
func (s *Subject) injectable() bool {
	for _, c := range s.Reading.Containers {
		if c.Type != inject.Ephemeral && c.Mechanism == inject.None && c.ByHand == inject.None && !c.Has(inject.SkippedByAnnotation) && !c.Has(inject.HalfSet) {
			return true
		}
	}
	return false
}

// registrationTrouble says whether all registrations leave the pod out (214) or none can answer (213).
func (s *Subject) registrationTrouble(registered []Registration) (Outcome, string) {
	if len(registered) == 0 {
		return Outcome{}, ""
	}
	var excluded *exclusion
	for _, r := range registered {
		e := r.excludes(s.Snapshot, s.Pod)
		if !e.Excluded {
			excluded = nil
			break
		}
		excluded = &e
	}
	if excluded != nil {
		return Outcome{
			Result: Fail, Where: excluded.Where, Have: excluded.Have, Need: excluded.Need,
			Why:    "the API server calls the webhook only for pods that its rules and selectors take in",
			Advice: "remove the label that keeps the webhook away, or mend the selector, then make the pod anew",
		}, "IRSA214"
	}
	var down *outage
	for _, r := range registered {
		o := r.outage(s.Snapshot)
		if !o.Down {
			return Outcome{}, ""
		}
		down = &o
	}
	return Outcome{
		Result: Fail, Where: down.Where, Have: down.Have, Need: down.Need, Why: down.Why,
		Advice: "mend the webhook, then make the pod anew",
	}, "IRSA213"
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (s *Subject) notRegistered() Outcome {
	return Outcome{
		Result: Fail, Where: "MutatingWebhookConfigurations of the cluster", Have: "none of the pod identity webhook", Need: "pod-identity-webhook",
		Why:    "without the webhook nothing gives pods the token and the variables of their role",
		Advice: "register the webhook again (on EKS: MutatingWebhookConfiguration pod-identity-webhook, https://127.0.0.1:23443/mutate), then make the pod anew",
	}
}

func (s *Subject) older(what string, created time.Time) Outcome {
	return Outcome{
		Result: Fail, Where: s.podWhere(), Have: "created " + stamp(created), Need: "created after " + what,
		Why: "the webhook changes a pod only while it is being created", Fix: s.recreate(),
	}
}

func (s *Subject) passedOver(annotated, created time.Time) Outcome {
	return Outcome{
		Result: Fail, Where: s.podWhere(),
		Have: "nothing injected, though the annotation was set " + stamp(annotated) + " and the pod created " + stamp(created),
		Need: "AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE and the volume " + inject.WebIdentityVolume,
		Why:  "the webhook did not answer when the pod was created, or had not seen the service account yet; it fails open, without an event",
		Fix:  s.recreate(),
	}
}

func (s *Subject) whenUnknown(registrationKnown bool) Outcome {
	why := "when the annotation was set is not recorded, so the pod may be older than it; the webhook changes a pod only while it is being created"
	if !registrationKnown {
		why = "the pod may be older than its annotation, or the webhook was not called; its registration could not be read"
	}
	return Outcome{
		Result: Fail, Where: s.podWhere(), Have: "nothing injected",
		Need: "AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE and the volume " + inject.WebIdentityVolume,
		Why:  why, Fix: s.recreate(),
	}
}
