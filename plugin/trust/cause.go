package trust

// A Cause is why a policy does not allow a request. String names it in words.
type Cause uint8

// The causes. Where several parts of a statement fail, the one listed first is reported: the others follow from it, or
// matter only after it.
const (
	NoCause              Cause = iota
	CauseDocument              // IAM would not accept the document
	CauseLongSubject           // the subject is longer than STS accepts
	CauseDeny                  // an explicit Deny matches
	CausePodIdentity           // the role does not trust EKS Pod Identity, or a condition on its session tags fails
	CauseNoWebIdentity         // the trust policy does not allow sts:AssumeRoleWithWebIdentity for an OIDC provider
	CauseOtherProvider         // the federated principal is another provider
	CauseMalformedKey          // a condition key is malformed, or tests the subject as the audience or the reverse
	CauseOtherIssuer           // a condition key is that of another issuer
	CauseAbsentKey             // a condition on a key that such a request does not carry
	CauseLiteralWildcard       // a wildcard under an operator that compares it literally
	CauseSubject               // a condition expects another subject
	CauseAudience              // a condition expects another audience
	CauseCircumstance          // a condition on the call or the role (time, region, tag, address) does not hold
	CauseUnknowable            // the answer depends on what is unknown here
)

var causeNames = [...]string{
	NoCause:              "none",
	CauseDocument:        "invalid document",
	CauseLongSubject:     "subject too long",
	CauseDeny:            "explicit deny",
	CausePodIdentity:     "pod identity not allowed",
	CauseNoWebIdentity:   "no web identity statement",
	CauseOtherProvider:   "provider mismatch",
	CauseMalformedKey:    "malformed condition key",
	CauseOtherIssuer:     "condition key of another issuer",
	CauseAbsentKey:       "absent condition key",
	CauseLiteralWildcard: "literal wildcard",
	CauseSubject:         "subject mismatch",
	CauseAudience:        "audience mismatch",
	CauseCircumstance:    "condition on the call not met",
	CauseUnknowable:      "unknown",
}

// String is the cause in plain words, "subject mismatch", for logs and tests; of a value that is no cause it is "invalid
// cause".
func (c Cause) String() string {
	if int(c) >= len(causeNames) {
		return "invalid cause"
	}
	return causeNames[c]
}
