package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// forOthers names the purpose of a role whose trust policy allows no web identity; empty where it is not clear.
func forOthers(s *subject.Subject, j *subject.RoleJudgement) string {
	if node, known := s.Node.Role.Get(); known && node == j.ARN.String() {
		return "the role of the pod's node"
	}
	named := j.Policy.Principals()
	if len(named) == 0 || slices.ContainsFunc(named, func(p trust.Principal) bool { return p.Type != trust.Service }) {
		return ""
	}
	return "a role for AWS services"
}

// trustUnread is the outcome of a check of a trust policy's text where there is none to look at.
func trustUnread(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	switch code, missing := trustCode(s, j); {
	case missing.Result != "":
		return missing
	case j.PolicyError != nil || j.Decision == nil || j.Decision.Verdict == trust.Invalid:
		return skip(code)
	case !s.Issuer.Known():
		return gap(s.Issuer)
	default:
		return Outcome{}
	}
}

// trustOutcome is the outcome of one of the checks of trust policies; report makes its finding about one role.
func trustOutcome(s *subject.Subject, code Code, report func(*subject.Subject, *subject.RoleJudgement) Outcome) Outcome {
	return eachFederation(s, func(j *subject.RoleJudgement) Outcome {
		reporter, missing := trustCode(s, j)
		switch {
		case missing.Result != "":
			return missing
		case reporter == "":
			return pass(j.Role.Source())
		case reporter == code:
			return report(s, j)
		}
		if also := besides(s, j, code); also != nil {
			return report(s, also)
		}
		return skip(reporter)
	})
}

// trustCode returns the code that reports what is wrong with a role's trust policy, empty if nothing is; or
// the outcome of all of them where there is no policy to judge.
func trustCode(s *subject.Subject, j *subject.RoleJudgement) (code Code, missing Outcome) {
	_, found := j.Found()
	switch {
	case j.Malformed != "":
		return "", skip(IRSA106)
	case s.TooLong():
		return IRSA415, Outcome{} // regardless of the policy
	case !found && j.Role.Absent():
		return "", skip(IRSA301)
	case !found:
		return "", gap(j.Role)
	case j.PolicyError != nil:
		return IRSA410, Outcome{}
	case j.Policy == nil:
		return "", unknown(fact.Gap{What: j.Role.Source(), Reason: subject.NoTrustPolicy})
	case j.Decision == nil:
		return "", gap(s.Issuer)
	}
	code = trustCodes[j.Decision.Cause]
	if code == IRSA401 && forOthers(s, j) != "" {
		code = IRSA303
	}
	return code, Outcome{}
}

// apart are the causes that one statement may have at the same time, and of which none follows from another.
var apart = map[trust.Cause]bool{
	trust.CauseSubject: true, trust.CauseLiteralWildcard: true, trust.CauseAudience: true, trust.CauseAbsentKey: true, trust.CauseMalformedKey: true,
}

// independent reports whether one cause has nothing to do with another. What a statement for another provider tests is that
// provider's, except a key that no provider has.
func independent(reporter, other trust.Cause) bool {
	return apart[reporter] && apart[other] || reporter == trust.CauseOtherProvider && other == trust.CauseMalformedKey
}

// besides is the judgement with a cause of that code in place of the reported one, nil where the statement that
// comes nearest has none.
func besides(s *subject.Subject, j *subject.RoleJudgement, code Code) *subject.RoleJudgement {
	d := j.Decision
	if d == nil || d.Statement == 0 || s.TooLong() {
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

// refusal is the finding about a policy that does not allow the token; why and advice are used where the decision and the
// fix have none.
func refusal(s *subject.Subject, j *subject.RoleJudgement, why, advice string) Outcome {
	d := j.Decision
	out := Outcome{
		Result: Fail, Where: trustWhere(j) + ", " + d.Where, Have: d.Have, Need: d.Need, Why: cmp.Or(d.Reason, why),
		Fix: trustFix(s, j), Advice: advice, Evidence: []string{j.Role.Source()},
	}
	if !s.Issuer.Known() && d.Need != "" {
		out.Need = "the OIDC provider of the cluster's issuer"
	}
	if out.Fix == nil && out.Advice == "" {
		out.Advice = "allow " + trust.ActionWebIdentity + " for " + s.TokenSubject() + " in the trust policy"
	}
	return out
}

// trustFix is the smallest edit of the role's trust policy that allows the pod's service account, nil where
// there is none to offer.
func trustFix(s *subject.Subject, j *subject.RoleJudgement) []change.Change {
	if j.Policy == nil || s.ForAPIServer(j.Audience) || !s.Issuer.Known() || s.IssuerFault.Cause != subject.IssuerUsable || unmodifiable(j.ARN) {
		return nil
	}
	existing := existing(s, j.Policy)
	fix, err := j.Policy.Fix(j.Request, existing...)
	if err != nil || fix.Summary == "" || fix.Size > trust.QuotaMaximum {
		return nil
	}
	what := fix.In(j.ARN.RoleName())
	// What bind does is what is offered: it removes no subject, even one that looks like a slip.
	if granted, err := j.Policy.Grant(j.Request); err == nil && !fix.Widens && granted.Summary != "" && granted.Size <= trust.QuotaMaximum &&
		string(granted.Document) != string(fix.Document) {
		what = granted.In(j.ARN.RoleName()) + " (or " + fix.Summary + ")"
		fix = granted
	}
	if fix.Size > trust.QuotaDefault {
		what += fmt.Sprintf(" (the policy then has %d characters, more than the default quota of %d)", fix.Size, trust.QuotaDefault)
	}
	if wider, err := j.Policy.Repair(j.Request, existing...); err == nil && wider.Summary != "" {
		what += " (or, to allow everything that the statement seems to be for, " + wider.Summary + ")"
	}
	return []change.Change{change.EditTrust{RoleArn: j.ARN.String(), What: what, Document: string(fix.Document)}}
}

// unmodifiable reports whether only AWS edits a role: that of a service (iam:UpdateAssumeRolePolicy answers
// UnmodifiableEntity), or that of a permission set of IAM Identity Center.
func unmodifiable(role snapshot.ARN) bool {
	return strings.HasPrefix(role.Resource, "role/aws-service-role/") || strings.HasPrefix(role.Resource, "role/aws-reserved/")
}

// existing are the service accounts that a policy names and that exist or may exist: an edit must not
// remove them.
func existing(s *subject.Subject, p *trust.Policy) []trust.Subject {
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
