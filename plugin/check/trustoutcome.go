package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// trustOutcome is what the trust policies' decisions say to one code.
func (s *Subject) trustOutcome(code Code) Outcome {
	return s.eachFederation(func(j *RoleJudgement) Outcome {
		speaks, missing := s.trustCode(j)
		switch {
		case missing.Result != "":
			return missing
		case speaks == "":
			return pass(j.Role.Source())
		case speaks != code:
			if also := s.besides(j, code); also != nil {
				return s.refusal(also)
			}
			return skip(speaks)
		case speaks == IRSA303:
			return s.notFederated(j)
		case j.PolicyError != nil:
			return unreadablePolicy(j)
		default:
			return s.refusal(j)
		}
	})
}

// trustCode returns the code that speaks for what is wrong with a role's trust policy, empty if nothing is; or
// the outcome of all of them where there is no policy to judge.
func (s *Subject) trustCode(j *RoleJudgement) (code Code, missing Outcome) {
	_, found := j.found()
	switch {
	case j.Malformed != "":
		return "", skip(IRSA106)
	case s.tooLong():
		return IRSA415, Outcome{} // whatever the role says
	case !found && j.Role.Absent():
		return "", skip(IRSA301)
	case !found:
		return "", gap(j.Role)
	case j.PolicyError != nil:
		return IRSA410, Outcome{}
	case j.Policy == nil:
		return "", unknown(fact.Gap{What: j.Role.Source(), Reason: noTrustPolicy})
	case j.Decision == nil:
		return "", gap(s.Issuer)
	}
	code = trustCodes[j.Decision.Cause]
	if code == IRSA401 && s.forOthers(j) != "" {
		code = IRSA303
	}
	return code, Outcome{}
}

// apart are the causes that one statement may have beside each other, and of which none follows from another.
var apart = map[trust.Cause]bool{
	trust.CauseSubject: true, trust.CauseLiteralWildcard: true, trust.CauseAudience: true, trust.CauseAbsentKey: true, trust.CauseMalformedKey: true,
}

// independent reports whether one cause says nothing about another. What a statement for another provider tests is that
// one's, but for a key that no provider has.
func independent(speaks, other trust.Cause) bool {
	return apart[speaks] && apart[other] || speaks == trust.CauseOtherProvider && other == trust.CauseMalformedKey
}

// besides is the judgement with a cause of that code in the place of the one that speaks, nil where the statement that
// comes nearest has none.
func (s *Subject) besides(j *RoleJudgement, code Code) *RoleJudgement {
	d := j.Decision
	if d == nil || d.Statement == 0 || s.tooLong() {
		return nil
	}
	for _, part := range d.Trace[d.Statement-1].Parts {
		if part.Result != trust.False || !independent(d.Cause, part.Cause) || trustCodes[part.Cause] != code {
			continue
		}
		also := *d
		also.Cause, also.Position, also.Where = part.Cause, part.Position, part.Where
		also.Have, also.Need, also.Differ, also.Reason = part.Have, part.Need, part.Differ, part.Reason
		other := *j
		other.Decision = &also
		return &other
	}
	return nil
}

// refusal is the finding about a policy that does not let the token in.
func (s *Subject) refusal(j *RoleJudgement) Outcome {
	if s.tooLong() {
		return s.longSubject(j)
	}
	d := j.Decision
	out := Outcome{
		Result: Fail, Where: trustWhere(j) + ", " + d.Where, Have: d.Have, Need: d.Need, Why: s.mechanism(j), Evidence: []string{j.Role.Source()},
	}
	if !s.Issuer.Known() && d.Need != "" {
		out.Need = "the OIDC provider of the cluster's issuer"
	}
	switch d.Cause {
	case trust.CauseDocument:
		out.Have, out.Why = positioned(d.Position, d.Reason), whyInvalid
		out.Advice = "write the policy anew; `aws iam update-assume-role-policy` tells what IAM thinks of it"
	case trust.CauseUnknowable:
		out.Why = strings.Join(d.Conditions, "; ")
		out.Advice = "hold the condition against where the pod's calls come from, and how; CloudTrail's AssumeRoleWithWebIdentity events show what STS saw"
	case trust.CauseCircumstance:
		out.Advice = "whoever wrote the condition meant it: change it, or the role, only together with them"
	}
	if out.Fix = s.trustFix(j); out.Fix == nil && out.Advice == "" {
		out.Advice = "let the trust policy allow " + trust.ActionWebIdentity + " to " + s.token()
	}
	return out
}

// mechanism says in a sentence why the part that does not match keeps the token out.
func (s *Subject) mechanism(j *RoleJudgement) string {
	d := j.Decision
	switch {
	case d.Reason != "" && d.Cause == trust.CauseDeny:
		return d.Reason + "; a Deny that matches wins over every Allow"
	case d.Reason != "":
		return d.Reason
	}
	switch d.Cause {
	case trust.CauseNoWebIdentity:
		return "STS asks for exactly this action when a pod brings its token"
	case trust.CauseSubject:
		return "the token's subject is compared with this value character by character"
	case trust.CauseAudience:
		return "the token's audience is compared with this value; it is the one that the projected token names"
	case trust.CauseMalformedKey:
		return "the values show what the key was meant to test, and under this name the request carries something else"
	case trust.CauseOtherProvider:
		return "the principal has to be the provider of this cluster's issuer in the role's own account, letter by letter"
	case trust.CauseCircumstance:
		return "the condition is about the call or the role, and does not hold for this one"
	default:
		return ""
	}
}

func trustWhere(j *RoleJudgement) string { return "role " + j.ARN.RoleName() + ", trust policy" }

const whyInvalid = "IAM would not save such a document, and what it means is not defined, so nothing is taken from it"

func unreadablePolicy(j *RoleJudgement) Outcome {
	have := j.PolicyError.Error()
	var at *trust.Error
	if errors.As(j.PolicyError, &at) {
		have = positioned(at.Position, at.Reason)
	}
	return Outcome{
		Result: Fail, Where: trustWhere(j), Have: have, Need: "a policy as JSON", Why: whyInvalid,
		Advice: "write the policy anew; `aws iam update-assume-role-policy` tells what IAM thinks of it", Evidence: []string{j.Role.Source()},
	}
}

func positioned(at trust.Position, reason string) string {
	if !at.Known() {
		return reason
	}
	return at.String() + ": " + reason
}

// trustFix is the smallest edit of the role's trust policy that lets the pod's service account in, nil where
// there is none to offer.
func (s *Subject) trustFix(j *RoleJudgement) []change.Change {
	if j.Policy == nil || !s.Issuer.Known() || s.IssuerFault.Cause != IssuerUsable || unmodifiable(j.ARN) {
		return nil
	}
	existing := s.existing(j.Policy)
	fix, ok := j.Policy.Fix(j.Request, existing...)
	if !ok || fix.Summary == "" || fix.Size > trust.QuotaMaximum {
		return nil
	}
	what := fmt.Sprintf("role %s: %s", j.ARN.RoleName(), fix.Summary)
	if fix.Size > trust.QuotaDefault {
		what += fmt.Sprintf(" (it is then %d characters long, more than the default quota of %d)", fix.Size, trust.QuotaDefault)
	}
	if wider, ok := j.Policy.Repair(j.Request, existing...); ok {
		what += " (or, to let in all that the statement seems to be meant for, " + wider.Summary + ")"
	}
	return []change.Change{change.EditTrust{RoleArn: j.ARN.String(), What: what, Document: string(fix.Document)}}
}

// unmodifiable reports whether only AWS edits a role: that of a service (iam:UpdateAssumeRolePolicy answers
// UnmodifiableEntity), or that of a permission set of IAM Identity Center.
func unmodifiable(role snapshot.ARN) bool {
	return strings.HasPrefix(role.Resource, "role/aws-service-role/") || strings.HasPrefix(role.Resource, "role/aws-reserved/")
}

// existing are the service accounts that a policy names and that are not known to be absent: an edit must not
// take them out.
func (s *Subject) existing(p *trust.Policy) []trust.Subject {
	var document any
	if json.Unmarshal(p.Document(), &document) != nil {
		return nil
	}
	var found []trust.Subject
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case map[string]any:
			for _, value := range node {
				walk(value)
			}
		case []any:
			for _, value := range node {
				walk(value)
			}
		case string:
			if subject, ok := trust.ParseSubject(node); ok && !s.Snapshot.ServiceAccount(subject.Namespace, subject.Name).Absent() {
				found = append(found, subject)
			}
		}
	}
	walk(document)
	return found
}
