package subject

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// NotInjected is why nothing was injected into the pod, or that something was.
type NotInjected struct {
	State InjectionState
	// Causes are all reasons that were found, where State is [NothingInjected], [NotCreatedYet] or [LeftToPodIdentity].
	Causes []NotInjectedCause
	// Exclusion and Outage are of the registration that excludes the pod, or that cannot answer.
	Exclusion Exclusion
	Outage    Outage
	// WebhookGaps say why it is unknown whether the webhook is called for the pod and answers.
	WebhookGaps []fact.Gap
	// AnnotatedAt is when the role annotation was last set; the zero time where that is not recorded.
	AnnotatedAt time.Time
	// CalledSince is since when the webhook is called for such pods, where that is after the pod was created; Label is the
	// namespace label that was set then, empty where it is the registration. Sibling is the other pod of the workload.
	CalledSince time.Time
	Label       string
	Sibling     *corev1.Pod
}

// An InjectionState is whether something was injected into a pod, or should have been.
type InjectionState int

// The states.
const (
	NothingInjected        InjectionState = iota // and something should have been
	NotCreatedYet                                // the pod is a prediction
	LeftToPodIdentity                            // nothing was, and an association decides what should have been
	SomethingInjected                            // something was
	NothingAsked                                 // nothing should be injected
	InjectionUnknown                             // it is unknown whether anything should be
	ContainersSetVariables                       // all containers set their own variables
	ContainersSkipped                            // all containers are skipped by the pod's annotation
)

// A NotInjectedCause is a reason why nothing was injected into a pod.
type NotInjectedCause int

// The causes.
const (
	WebhookFailsClosed     NotInjectedCause = iota // the pod does not exist, since the webhook fails and no pod is created without it
	WebhookNotRegistered                           // the pod identity webhook is not registered
	WebhookDown                                    // it is registered and cannot answer
	WebhookExcludesPod                             // its rules or selectors exclude the pod
	PodOptedOut                                    // the registration is unknown, and the pod has the label that every registration excludes
	PodOlderThanAnnotation                         // the annotation was set after the pod was created
	PodOlderThanAccount                            // the service account was created after the pod
	PodOlderThanWebhook                            // the webhook was registered after the pod was created
	PodOlderThanLabel                              // the namespace label by which the webhook is called was set after the pod was created
	WebhookMissesPods                              // another pod of the workload, of another time, was not mutated either
	PodNotMutated                                  // the annotation was there, the webhook can answer, and it did not mutate the pod
	AnnotationTimeUnknown                          // when the annotation was set is not recorded
)

func (s *Intended) notInjected() NotInjected {
	n := NotInjected{State: s.injectionState()}
	switch n.State {
	case NothingInjected, NotCreatedYet, LeftToPodIdentity:
	default:
		return n
	}
	if refusal, refused := s.Refused(); refused && refusal.Cause == RefusedIdentityWebhook {
		n.Causes = append(n.Causes, WebhookFailsClosed)
		return n
	}
	registered, known := s.Registrations.Get()
	switch {
	case known && len(registered) == 0:
		n.Causes = append(n.Causes, WebhookNotRegistered)
	case known:
		s.registrationTrouble(&n, registered)
	default:
		n.WebhookGaps = fact.GapsOf(s.Registrations)
		if _, optedOut := s.Pod.Labels[s.Settings.OptOutLabel]; optedOut && !s.Predicted {
			n.Causes = append(n.Causes, PodOptedOut)
		}
	}
	if n.State == NothingInjected {
		s.timeCause(&n, known && len(n.WebhookGaps) == 0)
	}
	return n
}

func (s *Intended) injectionState() InjectionState {
	switch {
	case s.Reading.Mechanism != inject.None && !s.Predicted:
		return SomethingInjected
	case s.Intent.Mechanism == inject.None:
		return NothingAsked
	case s.Intent.Mechanism == "":
		return InjectionUnknown
	case s.Predicted:
		return NotCreatedYet
	case !s.injectable() && slices.ContainsFunc(s.Reading.Containers, func(c inject.Container) bool { return c.Has(inject.HalfSet) || c.ByHand != inject.None }):
		return ContainersSetVariables
	case !s.injectable():
		return ContainersSkipped
	case s.Intent.Mechanism == inject.PodIdentity:
		return LeftToPodIdentity
	default:
		return NothingInjected
	}
}

// injectable reports whether there is a container that the webhook would have given something: one that is neither
// skipped nor sets its own variables.
func (s *Seen) injectable() bool {
	return slices.ContainsFunc(s.Reading.Containers, func(c inject.Container) bool {
		return c.Type != inject.Ephemeral && c.Mechanism == inject.None && c.ByHand == inject.None && !c.Has(inject.SkippedByAnnotation) && !c.Has(inject.HalfSet)
	})
}

// registrationTrouble finds out whether all registrations exclude the pod, or none of the others can answer; or what is
// unknown of that.
func (s *Intended) registrationTrouble(n *NotInjected, registered []Registration) {
	var excluded, down bool
	var gaps []fact.Gap
	for _, r := range registered {
		e := r.excludes(s.Snapshot, s.Pod)
		if e.Cause != NotExcluded {
			n.Exclusion, excluded = e, true
			continue
		}
		o := r.Outage(s.Snapshot)
		switch open := slices.Concat(e.Gaps, o.Gaps); {
		case o.Cause != NoOutage:
			n.Outage, down = o, true
		case len(open) == 0:
			return // one that is called and answers is enough
		default:
			gaps = append(gaps, open...)
		}
	}
	switch {
	case len(gaps) > 0:
		n.WebhookGaps = gaps
	case down:
		n.Causes = append(n.Causes, WebhookDown)
	case excluded:
		n.Causes = append(n.Causes, WebhookExcludesPod)
	}
}

// timeCause decides by when the annotation was set. Its time is that of the entry of managedFields that owns it;
// entries are dated when they change. certain says that the webhook is called for the pod and answers.
func (s *Intended) timeCause(n *NotInjected, certain bool) {
	account, _ := s.Account.Get()
	created := s.Pod.CreationTimestamp.Time
	annotated, dated := snapshot.AnnotatedAt(account.ManagedFields, s.RoleKey())
	n.AnnotatedAt = annotated
	cause := AnnotationTimeUnknown
	switch {
	case created.IsZero():
	case dated && annotated.After(created):
		cause = PodOlderThanAnnotation
	case account.CreationTimestamp.After(created):
		cause = PodOlderThanAccount
	case certain && s.calledLater(n, created):
		if cause = PodOlderThanWebhook; n.Label != "" {
			cause = PodOlderThanLabel
		}
	case dated && certain:
		cause = PodNotMutated
		if sibling, ok := s.secondMiss(annotated); ok {
			cause, n.Sibling = WebhookMissesPods, sibling
		}
	}
	n.Causes = append(n.Causes, cause)
}

// calledLater reports whether the webhook is called for such pods only since after the pod was created.
func (s *Intended) calledLater(n *NotInjected, created time.Time) bool {
	since, label, ok := s.calledSince()
	if !ok || !since.After(created) {
		return false
	}
	n.CalledSince, n.Label = since, label
	return true
}
