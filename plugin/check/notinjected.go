package check

import (
	"slices"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// classifyNotInjected decides which code speaks for a pod that is meant to be injected and into which nothing
// was: first that the webhook could not (202, 214, 213), which goes for Pod Identity too; then, for web
// identity, when the annotation came (201, 203), and last that it cannot be told (217).
func (s *Subject) classifyNotInjected() ruling {
	if out, settled := s.needsNoWebhook(); settled {
		return allSay(out)
	}
	registered, known := s.Registrations.Get()
	if known && len(registered) == 0 {
		return ruling{verdictOf: verdictOf{"IRSA202", s.notRegistered()}}
	}
	out, code, gaps := s.registrationTrouble(registered)
	if code != "" {
		return ruling{verdictOf: verdictOf{code, out}}
	}
	r := ruling{open: map[string]Outcome{}}
	if !known {
		if _, optedOut := s.Pod.Labels[s.Settings.OptOutLabel]; optedOut && !s.Predicted {
			return ruling{verdictOf: verdictOf{"IRSA214", s.optedOut()}}
		}
		gaps = gapsOf(s.Registrations)
		r.open["IRSA202"] = unknown(gaps...)
	}
	if len(gaps) > 0 {
		r.open["IRSA213"], r.open["IRSA214"] = unknown(gaps...), unknown(gaps...)
	}
	switch {
	case s.Predicted:
		// What is not known keeps the prediction from being one; if nothing is, the pod asks for nothing.
		r.others = pass(s.Registrations.Source())
		for _, code := range []string{"IRSA201", "IRSA203", "IRSA217"} {
			r.open[code] = skip("the pod does not exist yet")
		}
	case s.Intent.Mechanism == inject.PodIdentity:
		r.others = skip("IRSA702")
	default:
		r.verdictOf = s.byTime(known && len(gaps) == 0)
	}
	return r
}

// needsNoWebhook says what all codes answer where a pod lacks no injection.
func (s *Subject) needsNoWebhook() (Outcome, bool) {
	switch {
	case s.Reading.Mechanism != inject.None && !s.Predicted:
		return pass("get pods/" + s.Pod.Name), true
	case s.Intent.Mechanism == inject.None:
		return skip("nothing is to be injected"), true
	case s.Intent.Mechanism == "":
		return unknown(s.Intent.Gaps...), true
	case s.Predicted:
		return Outcome{}, false
	case !s.injectable():
		return skip(s.notInjectable()), true
	default:
		return Outcome{}, false
	}
}

// byTime decides by when the annotation was set. Its time is that of the entry of managedFields that owns it;
// entries are dated when they change.
func (s *Subject) byTime(certain bool) verdictOf {
	account, _ := s.Account.Get()
	created := s.Pod.CreationTimestamp.Time
	annotated, dated := snapshot.AnnotatedAt(account.ManagedFields, s.roleKey())
	switch {
	case created.IsZero():
		return verdictOf{"IRSA217", s.whenUnknown(certain)}
	case dated && annotated.After(created):
		return verdictOf{"IRSA201", s.older("the annotation, which was set "+stamp(annotated), created)}
	case account.CreationTimestamp.After(created):
		return verdictOf{"IRSA201", s.older("the service account, which was made "+stamp(account.CreationTimestamp.Time), created)}
	case dated && certain:
		return verdictOf{"IRSA203", s.passedOver(annotated, created)}
	default:
		return verdictOf{"IRSA217", s.whenUnknown(certain)}
	}
}

// injectable reports whether there is a container that the webhook would have given something: those that
// are skipped, or that bring variables of their own, have codes of their own.
func (s *Subject) injectable() bool {
	return slices.ContainsFunc(s.Reading.Containers, func(c inject.Container) bool {
		return c.Type != inject.Ephemeral && c.Mechanism == inject.None && c.ByHand == inject.None && !c.Has(inject.SkippedByAnnotation) && !c.Has(inject.HalfSet)
	})
}

// notInjectable names the code that speaks for a pod of which no container is injectable.
func (s *Subject) notInjectable() string {
	if slices.ContainsFunc(s.Reading.Containers, func(c inject.Container) bool { return c.Has(inject.HalfSet) || c.ByHand != inject.None }) {
		return "IRSA205"
	}
	return "IRSA204"
}

// registrationTrouble says whether all registrations leave the pod out (214), or none of those that take it
// in can answer (213); or what is not known of that.
func (s *Subject) registrationTrouble(registered []Registration) (out Outcome, code string, gaps []fact.Gap) {
	var excluded *exclusion
	var down *outage
	for _, r := range registered {
		e := r.excludes(s.Snapshot, s.Pod)
		if e.Excluded {
			excluded = &e
			continue
		}
		o := r.outage(s.Snapshot)
		switch open := slices.Concat(e.Gaps, o.Gaps); {
		case o.Down:
			down = &o
		case len(open) == 0:
			return Outcome{}, "", nil // one that is called and answers is enough
		default:
			gaps = append(gaps, open...)
		}
	}
	if len(gaps) > 0 {
		return Outcome{}, "", gaps
	}
	switch {
	case down != nil:
		return Outcome{
			Result: Fail, Where: down.Where, Have: down.Have, Need: down.Need, Why: down.Why,
			Advice: "mend the webhook, then make the pod anew", Evidence: []string{s.Registrations.Source()},
		}, "IRSA213", nil
	case excluded != nil:
		return Outcome{
			Result: Fail, Where: excluded.Where, Have: excluded.Have, Need: excluded.Need,
			Why:    "the API server calls the webhook only for pods that its rules and selectors take in",
			Advice: excluded.Advice + ", then make the pod anew", Fix: s.takeIn(*excluded), Evidence: []string{s.Registrations.Source()},
		}, "IRSA214", nil
	default:
		return Outcome{}, "", nil
	}
}

// optedOut is told where the registration could not be read: nothing was injected, and this is why.
func (s *Subject) optedOut() Outcome {
	return Outcome{
		Result: Fail, Where: s.podWhere() + ", labels", Have: s.Settings.OptOutLabel, Need: "no such label",
		Why:    "the webhook's registration leaves pods with this label out, whatever its value",
		Advice: "remove the label from the pod's template",
		Fix:    []change.Change{change.LabelTemplate{Pod: s.podRef(), Labels: change.Labels{Remove: []string{s.Settings.OptOutLabel}}}},
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (s *Subject) notRegistered() Outcome {
	return Outcome{
		Result: Fail, Where: "MutatingWebhookConfigurations of the cluster", Have: "none of the pod identity webhook", Need: "pod-identity-webhook",
		Why:      "without the webhook nothing gives pods the token and the variables of their role, and nothing says so",
		Advice:   "register the webhook again (on EKS: MutatingWebhookConfiguration pod-identity-webhook for https://127.0.0.1:23443/mutate with the cluster's CA), then make the pod anew",
		Evidence: []string{s.Registrations.Source()},
	}
}

func (s *Subject) older(what string, created time.Time) Outcome {
	return Outcome{
		Result: Fail, Where: s.podWhere() + ", creationTimestamp", Have: "created " + stamp(created), Need: "created after " + what,
		Why: "the webhook changes a pod only while it is being created", Fix: s.recreate(), Evidence: []string{s.Account.Source()},
	}
}

// injection is what the webhook gives a container.
const injection = "AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE and the volume " + inject.WebIdentityVolume

func (s *Subject) passedOver(annotated, created time.Time) Outcome {
	return Outcome{
		Result: Fail, Where: s.podWhere(),
		Have:     "nothing injected, though the annotation was set " + stamp(annotated) + " and the pod created " + stamp(created),
		Need:     injection,
		Why:      "the webhook did not answer when the pod was created, or had not seen the service account yet; the API server then admits the pod as it is, without an event",
		Fix:      s.recreate(),
		Evidence: []string{s.Account.Source(), s.Registrations.Source()},
	}
}

func (s *Subject) whenUnknown(certain bool) Outcome {
	why := "when the annotation was set is not recorded, so the pod may be older than it; the webhook changes a pod only while it is being created"
	if !certain {
		why = "the pod may be older than its annotation, or the webhook was not called for it, which could not be read"
	}
	return Outcome{
		Result: Fail, Where: s.podWhere(), Have: "nothing injected", Need: injection,
		Why: why, Fix: s.recreate(), Evidence: []string{s.Account.Source()},
	}
}
