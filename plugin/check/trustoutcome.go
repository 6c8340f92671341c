package check

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// eachRole asks about every role that the pod's containers are meant to take by web identity, and returns
// the first answer that is not a pass: a failure before what is not known.
func (s *Subject) eachRole(ask func(*RoleJudgement) Outcome) Outcome {
	if len(s.Roles) == 0 {
		if s.Intent.Mechanism == "" {
			return unknown(s.Intent.Gaps...)
		}
		return skip("no role is to be taken by web identity")
	}
	first := Outcome{}
	for _, j := range s.Roles {
		out := ask(j)
		switch {
		case out.Result == Fail:
			return out
		case first.Result == "", first.Result != Unknown && out.Result == Unknown:
			first = out
		}
	}
	return first
}

// trustOutcome is what the trust policy's decision says to one code.
func (s *Subject) trustOutcome(code string) Outcome {
	return s.eachRole(func(j *RoleJudgement) Outcome {
		switch {
		case j.Malformed != "":
			return skip("IRSA106")
		case j.Role.Absent():
			return skip("IRSA301")
		case !j.Role.Known():
			return gap(j.Role)
		case j.PolicyError != nil:
			return s.unparsed(j, code)
		case j.Decision == nil:
			return gap(s.Issuer)
		}
		speaks := j.Decision.Cause.Code()
		switch {
		case speaks == "":
			return pass(j.Role.Source())
		case speaks != code:
			return skip(speaks)
		}
		d := j.Decision
		out := Outcome{
			Result: Fail, Where: fmt.Sprintf("role %s, trust policy, %s", j.ARN.RoleName(), d.Where),
			Have: d.Have, Need: d.Need, Why: d.Reason, Evidence: []string{j.Role.Source()},
		}
		if fix, ok := j.Policy.Fix(j.Request, s.subjects()...); ok && fix.Summary != "" {
			out.Fix = []change.Change{change.EditTrust{RoleArn: j.RoleARN, What: fix.Summary, Document: string(fix.Document)}}
		}
		return out
	})
}

func (s *Subject) unparsed(j *RoleJudgement, code string) Outcome {
	if code != "IRSA410" {
		return skip("IRSA410")
	}
	return Outcome{
		Result: Fail, Where: "role " + j.ARN.RoleName() + ", trust policy", Have: j.PolicyError.Error(),
		Why: "a document that cannot be read allows nothing", Evidence: []string{j.Role.Source()},
	}
}

// subjects are the service accounts that are known to exist.
func (s *Subject) subjects() []trust.Subject {
	accounts, ok := s.Snapshot.ServiceAccounts("").Get()
	if !ok {
		return nil
	}
	out := make([]trust.Subject, len(accounts))
	for i, a := range accounts {
		out[i] = trust.Subject{Namespace: a.Namespace, Name: a.Name}
	}
	return out
}
