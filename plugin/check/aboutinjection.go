package check

// aboutInjection is the outcome of one of the checks of a pod into which nothing was injected; report makes its finding.
func aboutInjection(s *Subject, code Code, report func(*Subject) Outcome) Outcome {
	n := s.NotInjected
	switch n.State {
	case SomethingInjected:
		return pass("get pods/" + s.Pod.Name)
	case NothingAsked:
		return skip("nothing is to be injected")
	case InjectionUnknown:
		return unknown(s.Intent.Gaps...)
	case ContainersSetVariables:
		return skip(IRSA205)
	case ContainersSkipped:
		return skip(IRSA204)
	}
	// What is unknown of the webhook stays so, unless it is certain that it could not.
	speaks := injectionCode(s)
	open := !s.Registrations.Known() && speaks != IRSA214
	switch {
	case open && code == IRSA202, len(n.WebhookGaps) > 0 && speaks != IRSA214 && (code == IRSA213 || code == IRSA214):
		return unknown(n.WebhookGaps...)
	case speaks == code:
		return report(s)
	case speaks != "":
		return skip(speaks)
	case n.State == LeftToPodIdentity:
		return skip(IRSA702)
	case code == IRSA201, code == IRSA203, code == IRSA217:
		return skip("the pod does not exist yet")
	default:
		return pass(s.Registrations.Source())
	}
}

// injectionCode is the code that reports why nothing was injected; empty where none does.
func injectionCode(s *Subject) Code {
	return first(notInjectedOrder, notInjectedCodes, s.NotInjected.Causes)
}
