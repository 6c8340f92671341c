package check

var irsa302 = Check{
	Code: "IRSA302", Class: Note, Link: LinkRole, Gap: true,
	Title: "the role is in another account, which was not readable",
	Run: func(s *Subject) Outcome {
		return s.eachRole(func(j *RoleJudgement) Outcome {
			caller, other := otherAccount(s.Snapshot, j)
			if !other {
				return pass()
			}
			return Outcome{
				Result: Fail, Where: "role " + j.RoleARN, Have: "credentials of account " + caller, Need: "credentials of account " + j.ARN.Account,
				Why:    "IAM answers for roles of the caller's own account only",
				Advice: "run the command with credentials of account " + j.ARN.Account + ", or with --reader-role",
			}
		})
	},
}
