package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// A group has the codes that can answer one question, in their order of precedence: the first whose cause holds is
// reported, and those after it are skipped. Codes whose causes are independent have no order: all of them are reported.
type group struct {
	about string
	codes []Code
}

// The order of precedence: which code is reported where several could be. The first two groups are what decides; in the
// others the checks skip for one another, and trust.Cause orders the causes of one statement. testdata/check/order has a
// case for each step of all of them.
var (
	// Something was meant before what a role's trust policy expects, and that before nothing at all.
	unboundOrder = group{"nothing binds the service account", []Code{
		IRSA108, // the annotation is there and empty
		IRSA104, // it is on the pod
		IRSA105, // there is only the one of kube2iam and kiam
		IRSA107, // its key is misspelled
		IRSA109, // a role's trust policy names exactly this service account
		IRSA103, // another service account is bound
		IRSA102, // none of these
	}}
	// The webhook could not, before when the annotation was set, and that before not knowing when.
	notInjectedOrder = group{"nothing was injected", []Code{
		IRSA218, // the webhook fails, and no pod is created without it
		IRSA202, // the webhook is not registered
		IRSA213, // it cannot answer
		IRSA214, // it excludes the pod
		IRSA201, // the pod is older than the annotation
		IRSA203, // the annotation was there first
		IRSA217, // when the annotation was set is not recorded
	}}
	// What the manifest sets decides what the webhook adds, and without a mount the volume does not matter.
	tokenOrder = group{"variables, volume and mount", []Code{
		IRSA205, // the manifest sets the variables
		IRSA207, // volume or mount is missing
		IRSA208, // the volume is not the token
	}}
	// Independent are 616 and 301.
	roleOrder = group{"the role", []Code{
		IRSA106, // the value is not the ARN of a role
		IRSA305, // the ARN is not that of the role with this name
		IRSA616, // it is of another partition than the STS that is called
		IRSA301, // there is no role with this name
		IRSA302, // it was not readable
	}}
	// A provider does not help where AWS cannot take the issuer; 503 only where there is a near miss.
	issuerOrder = group{"the issuer and its OIDC provider", []Code{
		IRSA504, // there is no issuer
		IRSA505, // it is not public
		IRSA503, // there is a provider that only looks like the issuer's
		IRSA501, // there is none
		IRSA502, // its client IDs lack the audience
	}}
	// What STS and IAM do not accept at all, before a Deny, and that before what the nearest Allow lacks: its principal and
	// action, then its keys, then their values. Independent are 402, 403, 404, 405 and 409, and 407 and 405.
	trustOrder = group{"the trust policy", []Code{
		IRSA415, // STS takes no such subject
		IRSA410, // IAM would not accept the document
		IRSA408, // a Deny matches
		IRSA303, // the policy is for the node or a service
		IRSA401, // it is for no web identity
		IRSA407, // the principal is another provider
		IRSA405, // a key is malformed
		IRSA406, // a key is another issuer's
		IRSA409, // a key is one that the request does not carry
		IRSA403, // a wildcard is taken literally
		IRSA402, // the subject is another
		IRSA404, // the audience is another
		IRSA416, // the call or the role does not meet a condition
		IRSA414, // it depends on what is unknown
	}}
	// What a source holds that was not read is reported once, as 602, be it keys or a profile. 601 and 603 are independent.
	keysOrder = group{"what takes precedence over the role", []Code{
		IRSA601, // access keys
		IRSA602, // access keys, perhaps
		IRSA603, // a profile
	}}
	// Independent are 705 and 706, which do not follow from each other; 702 and what is about the agent or the role; and the
	// agent (703) and the role's account (708).
	podIdentityOrder = group{"EKS Pod Identity", []Code{
		IRSA705, // it is impossible where the pod runs
		IRSA706, // the association is gone
		IRSA702, // the pod was not injected with it
		IRSA703, // the agent does not run on the node
		IRSA708, // the role is in another account
		IRSA704, // the role does not trust it
	}}

	order = []group{unboundOrder, notInjectedOrder, tokenOrder, roleOrder, issuerOrder, trustOrder, keysOrder, podIdentityOrder}
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
		subject.WebhookFailsClosed:     IRSA218,
		subject.WebhookNotRegistered:   IRSA202,
		subject.WebhookDown:            IRSA213,
		subject.WebhookExcludesPod:     IRSA214,
		subject.PodOptedOut:            IRSA214,
		subject.PodOlderThanAnnotation: IRSA201,
		subject.PodOlderThanAccount:    IRSA201,
		subject.PodOlderThanWebhook:    IRSA203,
		subject.PodOlderThanLabel:      IRSA203,
		subject.WebhookMissesPods:      IRSA203,
		subject.PodNotMutated:          IRSA203,
		subject.AnnotationTimeUnknown:  IRSA217,
	}
	issuerCodes = map[subject.IssuerCause]Code{
		subject.IssuerLocalCluster:   IRSA504,
		subject.IssuerMissing:        IRSA504,
		subject.IssuerNotHTTPS:       IRSA505,
		subject.IssuerWithoutHost:    IRSA505,
		subject.IssuerPrivateAddress: IRSA505,
		subject.IssuerLocalName:      IRSA505,
		subject.IssuerPrivateDomain:  IRSA505,
		subject.IssuerInternalName:   IRSA505,
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

// AboutCreation reports whether a code is about when a pod was created, so that no fix that recreates the pod can lead to it.
func AboutCreation(c Code) bool { return slices.Contains([]Code{IRSA201, IRSA203, IRSA217}, c) }

// IssuerCode is the code that reports why AWS cannot take any token of the cluster; empty where it can.
func IssuerCode(f subject.IssuerFault) Code { return issuerCodes[f.Cause] }
