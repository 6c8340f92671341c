package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// A group is a fault that several checks could report.
type group struct {
	about string
	// codes are in the order of precedence: the first whose cause holds reports the fault, and the others are skipped.
	codes []Code
}

// The order of precedence: which check reports a fault where several could.
var (
	// Something was meant, before what a role's trust policy expects, before nothing at all.
	unboundOrder = group{"nothing binds the service account", []Code{IRSA108, IRSA104, IRSA105, IRSA107, IRSA109, IRSA103, IRSA102}}
	// The webhook could not, before when the annotation was set, before that this is unknown.
	notInjectedOrder = group{"nothing was injected into the pod", []Code{IRSA202, IRSA213, IRSA214, IRSA201, IRSA203, IRSA217}}

	order = []group{
		unboundOrder,
		notInjectedOrder,
		{"the token's volume", []Code{IRSA205, IRSA208, IRSA207}},
		{"the role", []Code{IRSA106, IRSA305, IRSA301, IRSA302}},
		{"the issuer and the OIDC provider", []Code{IRSA504, IRSA505, IRSA503, IRSA501, IRSA502}},
		{"the trust policy", []Code{
			IRSA415, IRSA410, IRSA408, IRSA303, IRSA401, IRSA407, IRSA405, IRSA406, IRSA409, IRSA403, IRSA402, IRSA404, IRSA416, IRSA414,
		}},
		{"access keys", []Code{IRSA601, IRSA602, IRSA603}},
		{"EKS Pod Identity", []Code{IRSA705, IRSA706, IRSA702, IRSA703, IRSA708, IRSA704}},
	}
)

// The causes, each with the code that reports it.
var (
	unboundCodes = map[subject.UnboundCause]Code{
		subject.AnnotationEmpty:      IRSA108,
		subject.AnnotationOnPod:      IRSA104,
		subject.AnnotationLegacy:     IRSA105,
		subject.AnnotationMisspelled: IRSA107,
		subject.AnnotationLost:       IRSA109,
		subject.OtherAccountBound:    IRSA103,
	}
	notInjectedCodes = map[subject.NotInjectedCause]Code{
		subject.WebhookNotRegistered:   IRSA202,
		subject.WebhookDown:            IRSA213,
		subject.WebhookExcludesPod:     IRSA214,
		subject.PodOptedOut:            IRSA214,
		subject.PodOlderThanAnnotation: IRSA201,
		subject.PodOlderThanAccount:    IRSA201,
		subject.PodNotMutated:          IRSA203,
		subject.AnnotationTimeUnknown:  IRSA217,
	}
	IssuerCodes = map[subject.IssuerCause]Code{
		subject.IssuerLocalCluster:   IRSA504,
		subject.IssuerMissing:        IRSA504,
		subject.IssuerNotHTTPS:       IRSA505,
		subject.IssuerWithoutHost:    IRSA505,
		subject.IssuerPrivateAddress: IRSA505,
		subject.IssuerLocalName:      IRSA505,
		subject.IssuerPrivateDomain:  IRSA505,
	}
	trustCodes = map[trust.Cause]Code{
		trust.CauseNoWebIdentity:   IRSA401,
		trust.CauseSubject:         IRSA402,
		trust.CauseLiteralWildcard: IRSA403,
		trust.CauseAudience:        IRSA404,
		trust.CauseMalformedKey:    IRSA405,
		trust.CauseOtherIssuer:     IRSA406,
		trust.CauseOtherProvider:   IRSA407,
		trust.CauseDeny:            IRSA408,
		trust.CauseAbsentKey:       IRSA409,
		trust.CauseDocument:        IRSA410,
		trust.CauseUnknowable:      IRSA414,
		trust.CauseLongSubject:     IRSA415,
		trust.CauseCircumstance:    IRSA416,
		trust.CausePodIdentity:     IRSA704,
	}
	mootCodes = map[subject.Moot]Code{
		subject.MootIssuerMissing:         IRSA504,
		subject.MootPodIdentityImpossible: IRSA705,
	}
)

// first returns the code of the group that reports the first of some causes; empty where there are none.
func first[C comparable](g group, codes map[C]Code, causes []C) Code {
	for _, code := range g.codes {
		if slices.ContainsFunc(causes, func(cause C) bool { return codes[cause] == code }) {
			return code
		}
	}
	return ""
}
