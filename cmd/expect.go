package cmd

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// validRole refuses an expectation that no identity can meet.
func validRole(arn string) error {
	if arn == "" {
		return nil
	}
	if parsed, ok := snapshot.ParseARN(arn); !ok || parsed.RoleName() == "" {
		return usagef("--expect-role %q: it is not the ARN of a role, as in arn:aws:iam::111122223333:role/web", arn)
	}
	return nil
}

// assertion returns the exit code of `--expect-role`: 0 where every container of every target that has an
// identity at all has the role, 2 where one has another, 3 where that is unknown.
func assertion(reports []*judge.Report) int {
	code := exitOK
	for _, r := range reports {
		switch r.Expected.Result {
		case judge.AssertedYes:
		case judge.AssertedNo:
			code = worseExit(code, exitBroken)
		default:
			code = worseExit(code, exitUndetermined)
		}
	}
	return code
}

// worseExit returns the worse of two exit codes: another identity outweighs an unknown one.
func worseExit(a, b int) int {
	for _, code := range []int{exitError, exitBroken, exitUndetermined} {
		if a == code || b == code {
			return code
		}
	}
	return exitOK
}
