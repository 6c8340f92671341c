package cmd

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
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
// identity at all has the role, 2 where one has another, 3 where that cannot be told. Containers that
// nothing gives a role do not count beside one that has one.
func assertion(reports []*judge.Report, role string) int {
	code := exitOK
	for _, r := range reports {
		code = worseExit(code, roleOf(r, role))
	}
	return code
}

func roleOf(r *judge.Report, role string) int {
	code, counted := exitOK, 0
	for _, c := range r.Containers {
		if c.Type == "ephemeral" || c.Verdict == judge.NotConfigured && r.Verdict != judge.NotConfigured {
			continue
		}
		counted++
		code = worseExit(code, containerRole(c, role))
	}
	if counted == 0 {
		return exitUndetermined
	}
	return code
}

func containerRole(c judge.ContainerReport, role string) int {
	switch {
	case c.Identity.Provider == sdk.SDKDependent:
		code := exitOK
		for _, identity := range c.BySDK {
			code = worseExit(code, sameRole(identity.Provider, identity.RoleArn, role))
		}
		return code
	case c.Verdict == judge.Undetermined && c.Identity.RoleArn == role:
		return exitUndetermined
	default:
		return sameRole(c.Identity.Provider, c.Identity.RoleArn, role)
	}
}

// sameRole compares an identity with the expected role. Static keys and profiles are somebody else's, and
// whose they are is not known; the role of a node or an association that was not read may be any.
func sameRole(provider sdk.Provider, have, want string) int {
	switch {
	case have == want:
		return exitOK
	case have != "", provider == sdk.NoProvider, provider == sdk.Failed, provider == sdk.Static:
		return exitBroken
	default:
		return exitUndetermined
	}
}

// worseExit returns the worse of two exit codes: another identity outweighs one that cannot be told.
func worseExit(a, b int) int {
	for _, code := range []int{exitError, exitBroken, exitUndetermined} {
		if a == code || b == code {
			return code
		}
	}
	return exitOK
}
