package trust

// A Cause is why a policy does not let a request in. Each has a code of the catalogue.
type Cause uint8

// The causes.
const (
	NoCause              Cause = iota
	CauseNoWebIdentity         // IRSA401: no statement allows sts:AssumeRoleWithWebIdentity to an OIDC provider
	CauseSubject               // IRSA402: another subject
	CauseLiteralWildcard       // IRSA403: a wildcard under an operator that takes it literally
	CauseAudience              // IRSA404: another audience
	CauseMalformedKey          // IRSA405: a condition key is malformed, or tests the subject as audience or the reverse
	CauseOtherIssuer           // IRSA406: a condition key is another issuer's
	CauseOtherProvider         // IRSA407: the federated principal is another provider
	CauseDeny                  // IRSA408: an explicit Deny matches
	CauseAbsentKey             // IRSA409: a condition on a key that such a request does not carry
	CauseDocument              // IRSA410: IAM would not accept the document
	CauseUnknowable            // IRSA414: it depends on what cannot be known from here
	CauseLongSubject           // IRSA415: the subject is longer than STS takes
	CauseCircumstance          // IRSA416: a condition on the call or the role (time, region, tag, address) does not hold
	CausePodIdentity           // IRSA704: the role does not trust EKS Pod Identity, or a condition on its tags fails
)

// Code is the cause's code in the catalogue, empty for NoCause.
func (c Cause) Code() string {
	return [...]string{
		"", "IRSA401", "IRSA402", "IRSA403", "IRSA404", "IRSA405", "IRSA406", "IRSA407", "IRSA408", "IRSA409",
		"IRSA410", "IRSA414", "IRSA415", "IRSA416", "IRSA704",
	}[c]
}

func (c Cause) String() string { return c.Code() }

// rank orders the causes that several parts of one statement have: the lowest is the one to tell, the others
// follow from it or come after it.
func (c Cause) rank() int {
	for i, next := range [...]Cause{
		CauseDocument, CauseLongSubject, CauseDeny, CausePodIdentity, CauseNoWebIdentity, CauseOtherProvider, CauseMalformedKey,
		CauseOtherIssuer, CauseAbsentKey, CauseLiteralWildcard, CauseSubject, CauseAudience, CauseCircumstance,
		CauseUnknowable,
	} {
		if c == next {
			return i
		}
	}
	return len("none of them")
}
