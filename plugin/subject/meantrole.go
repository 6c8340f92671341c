package subject

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// MeantRole is the ARN of the role that a value means that is none: what is left of it without white space
// and quotes, or the role of the name in it, where such a role is known to exist.
func (s *Seen) MeantRole(value string) (string, bool) {
	value = strings.TrimSpace(strings.Trim(strings.TrimSpace(value), "\"'`"))
	if value == "" {
		return "", false
	}
	if inject.CheckRoleARN(value) == "" {
		return value, true
	}
	account, name := "", value
	if arn, ok := snapshot.ParseARN(value); ok {
		kind, resource, _ := strings.Cut(arn.Resource, "/")
		switch kind {
		case "role":
			name = resource[strings.LastIndex(resource, "/")+1:]
		case "assumed-role":
			name, _, _ = strings.Cut(resource, "/")
		default:
			return "", false
		}
		account = arn.Account
	}
	if len(account) != len("111122223333") || strings.Trim(account, "0123456789") != "" {
		account = s.Snapshot.Cluster().Account
	}
	role, ok := s.Snapshot.RoleNamed(account, name)
	return role.Arn, ok
}
