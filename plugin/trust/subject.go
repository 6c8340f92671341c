package trust

import "strings"

// subjectPrefix starts the subject of every service account token:
// https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
const subjectPrefix = "system:serviceaccount:"

// A Subject is a service account.
type Subject struct{ Namespace, Name string }

// String is the subject of the service account's tokens.
func (s Subject) String() string { return subjectPrefix + s.Namespace + ":" + s.Name }

// ParseSubject parses a token's subject. ok is false where no service account can have that name.
func ParseSubject(s string) (subject Subject, ok bool) {
	rest, ok := strings.CutPrefix(s, subjectPrefix)
	if !ok {
		return Subject{}, false
	}
	namespace, name, ok := strings.Cut(rest, ":")
	if !ok || !dnsName(namespace, 63, false) || !dnsName(name, 253, true) {
		return Subject{}, false
	}
	return Subject{namespace, name}, true
}

// dnsName follows Kubernetes' rules for names: a label for a namespace, a subdomain for an account.
func dnsName(s string, most int, dots bool) bool {
	if s == "" || len(s) > most {
		return false
	}
	for i := range len(s) {
		c := s[i]
		inside := i > 0 && i < len(s)-1
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		case c == '-' && inside:
		case c == '.' && dots && inside:
		default:
			return false
		}
	}
	return true
}
