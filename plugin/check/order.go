package check

import (
	"slices"

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
	unboundCodes = map[UnboundCause]Code{
		AnnotationEmpty:      IRSA108,
		AnnotationOnPod:      IRSA104,
		AnnotationLegacy:     IRSA105,
		AnnotationMisspelled: IRSA107,
		AnnotationLost:       IRSA109,
		OtherAccountBound:    IRSA103,
	}
	notInjectedCodes = map[NotInjectedCause]Code{
		WebhookNotRegistered:   IRSA202,
		WebhookDown:            IRSA213,
		WebhookExcludesPod:     IRSA214,
		PodOptedOut:            IRSA214,
		PodOlderThanAnnotation: IRSA201,
		PodOlderThanAccount:    IRSA201,
		PodNotMutated:          IRSA203,
		AnnotationTimeUnknown:  IRSA217,
	}
	issuerCodes = map[IssuerCause]Code{
		IssuerLocalCluster:   IRSA504,
		IssuerMissing:        IRSA504,
		IssuerNotHTTPS:       IRSA505,
		IssuerWithoutHost:    IRSA505,
		IssuerPrivateAddress: IRSA505,
		IssuerLocalName:      IRSA505,
		IssuerPrivateDomain:  IRSA505,
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
	mootCodes = map[Moot]Code{
		MootIssuerMissing:         IRSA504,
		MootPodIdentityImpossible: IRSA705,
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
