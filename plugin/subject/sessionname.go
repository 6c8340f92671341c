package subject

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// SessionName is the variable that names the session of a web identity; an SDK makes a name up where it is not set. All SDKs
// read it (AWS SDKs and Tools Reference Guide, "Assume role credential provider": role_session_name).
const SessionName = "AWS_ROLE_SESSION_NAME"

// sessionNameForm is the form that STS takes (AWS STS API Reference, AssumeRoleWithWebIdentity: RoleSessionName).
var sessionNameForm = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{2,64}$`)

// SessionNameFault returns why STS refuses the container's session name; empty where it does not, or the name is unknown.
func (c *Container) SessionNameFault() string {
	name, set := c.Variables.Known(SessionName)
	if !set || !c.Variables.Get(SessionName).Known || sessionNameForm.MatchString(name) {
		return ""
	}
	const shortest, longest = 2, 64
	switch length := utf8.RuneCountInString(name); {
	case length < shortest:
		return "it has 1 character"
	case length > longest:
		return fmt.Sprintf("it has %d characters", length)
	}
	for _, r := range name {
		if !sessionNameForm.MatchString(string([]rune{r, r})) {
			return fmt.Sprintf("it has the character %q", r)
		}
	}
	return "it has a character that is not text"
}
