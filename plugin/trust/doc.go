// Package trust evaluates the trust policies of IAM roles for pods on Amazon EKS: whether a policy allows a service
// account's token with sts:AssumeRoleWithWebIdentity, or EKS Pod Identity with sts:AssumeRole and sts:TagSession; if
// not, exactly why; and what the nearest edit of the policy's text is that allows just that service account.
//
//	policy, err := trust.Parse(document)
//	request := trust.WebIdentity(trust.WebIdentityRequest{Issuer: issuer, RoleARN: role, Subject: subject})
//	decision := policy.Evaluate(request)
//
// Parse reads a policy. WebIdentity and PodIdentity describe a call, as far as it is known. Policy.Evaluate answers with
// a Decision, Policy.Verdict with the verdict alone, and an Index finds which of many service accounts a policy allows.
// Policy.Fix, Policy.Repair, Policy.Grant and Policy.Revoke make edits; Policy.Exposure shows who else is allowed.
//
// Answers have three values. What a request leaves open, and what AWS does not document, is unknown: the verdict is then
// Undetermined, and the decision says what it depends on. The strongest claim that a trust policy supports is that it
// allows a request: a resource control policy of the organization may still deny it.
//
// The package does no I/O, reads no clock, keeps no state and imports the standard library alone. A Policy, a Request
// and an Index may be used from several goroutines. Documents may be hostile: whatever they contain, each call ends soon.
//
// # What is stable
//
// The exported names and their meaning are stable, the verdicts and causes too, except where AWS documents a rule that
// was open or other than assumed: an Undetermined may then become definite. The texts are for people and may change in every version: those of Decision, Part, Problem, Edit.Summary and the
// errors, and the words of Cause. So may the choice among several edits, or several reasons, that are equally good.
package trust
