package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"

var irsa301 = Check{
	Code: "IRSA301", Class: Breaks, Link: LinkRole,
	Title: "the role does not exist",
	Run: func(s *Subject) Outcome {
		return s.eachRole(func(j *RoleJudgement) Outcome {
			switch {
			case j.Malformed != "":
				return skip("IRSA106")
			case j.Role.Known():
				return pass(j.Role.Source())
			case !j.Role.Absent():
				return gap(j.Role)
			}
			if _, ok := s.Snapshot.RoleNamed(j.ARN.Account, j.ARN.RoleName()); ok {
				return skip("IRSA305")
			}
			return Outcome{
				Result: Fail, Where: "account " + j.ARN.Account, Have: "no role " + j.ARN.RoleName(), Need: j.RoleARN,
				Why:      "STS answers for a role that is not there as for one that does not trust the token: AccessDenied",
				Advice:   "create the role with a trust policy for " + s.token() + ", or annotate the service account with the role that is meant",
				Evidence: []string{j.Role.Source()},
			}
		})
	},
}

// otherAccounts reports whether the role's account is another than the caller's, so that it was not read.
func otherAccount(s *evidence.Snapshot, j *RoleJudgement) (string, bool) {
	caller, ok := s.CallerAccount().Get()
	return caller, ok && j.ARN.Account != "" && caller != j.ARN.Account && !j.Role.Known()
}
