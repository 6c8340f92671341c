package trust

import "strings"

// PolicyFor returns the trust policy of a new role: it allows the request and nobody else, in the statement that Grant would
// add. The error wraps ErrIncomplete or ErrSubject.
func PolicyFor(r Request) (string, error) {
	if err := r.editable(); err != nil {
		return "", err
	}
	if r.tooLong() {
		return "", ErrSubject
	}
	policy := newObject(
		newMember("Version", "2012-10-17"),
		member{key: "Statement", value: node{kind: list, members: []member{{value: *r.statement()}}}},
	)
	var b strings.Builder
	l := layout{colon: ": ", comma: " ", newline: "\n", unit: "  "}
	l.write(&b, policy, "")
	return b.String(), nil
}
