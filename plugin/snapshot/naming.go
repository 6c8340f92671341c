package snapshot

import "strings"

// subjectPrefix begins the subject of every service account's token (kubernetes, pkg/serviceaccount).
const subjectPrefix = "system:serviceaccount:"

// RolesNaming returns the roles of the snapshot whose trust policy has the subject word for word,
// whether or not the policy allows it.
func (s *Snapshot) RolesNaming(subject string) []Role {
	found := s.naming()[subject]
	roles := make([]Role, len(found))
	for i, at := range found {
		roles[i] = s.AWS().Roles[at]
	}
	return roles
}

// subjectsIn calls with every subject of a service account that is in a policy's text, as often as it is. A value
// ends with its quotation mark.
func subjectsIn(policy PolicyDocument, with func(subject string)) {
	rest := string(policy)
	for {
		_, after, found := strings.Cut(rest, subjectPrefix)
		if !found {
			return
		}
		end := strings.IndexAny(after, "\"\\")
		if end < 0 {
			return
		}
		with(subjectPrefix + after[:end])
		rest = after[end:]
	}
}

// namedSubjects maps every subject that is in the trust policy of a role to the roles' places in the list.
func namedSubjects(aws *AWS) map[string][]int {
	naming := map[string][]int{}
	if aws == nil {
		return naming
	}
	for i := range aws.Roles {
		subjectsIn(aws.Roles[i].AssumeRolePolicyDocument, func(subject string) {
			if known := naming[subject]; len(known) == 0 || known[len(known)-1] != i {
				naming[subject] = append(known, i)
			}
		})
	}
	return naming
}
