package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// ownToken describes the token for AWS that the manifest projects; empty where there is none.
func ownToken(s *subject.Subject) string {
	token, ok := s.OwnToken()
	if !ok {
		return ""
	}
	text := "the token in volume " + token.Volume + " has the audience " + token.Audience + ", a client ID of the cluster's OIDC provider, so it is a web identity token"
	if len(token.Roles) == 0 {
		return text + "; no trust policy that was read names " + s.TokenSubject()
	}
	return text + "; the trust policy of " + few(arns(token.Roles)) + " names " + s.TokenSubject()
}

// arns are the ARNs of roles, of many only the first few.
func arns(roles []snapshot.Role) []string {
	const shown = 5
	var list []string
	for _, role := range roles[:min(len(roles), shown)] {
		list = append(list, role.Arn)
	}
	if len(roles) > shown {
		list = append(list, "…")
	}
	return list
}
