package scrub

import (
	"regexp"
	"strings"
)

// forms are secrets that are known by what they look like. The secret is the group, or all of it where there is none. None of
// them is one where harmless reports so. What each has, in lower case, saves most texts the search for it.
var forms = []struct {
	has      string
	form     *regexp.Regexp
	harmless func(text string, secret span) bool
}{
	{"private key", regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(?:-----END [A-Z0-9 ]*-----|$)`), nil},
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
	{"", regexp.MustCompile(`(?:^|[^A-Za-z0-9])((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{8,})`), isWord},
	// Session tokens of AWS: base64 whose beginning is always the same.
	{"", regexp.MustCompile(`(?:FwoGZXIvYXdz|FQoGZXIvYXdz|IQoJb3JpZ2lu|AQoDYXdz)[\w+/=-]*`), nil},
	// JSON Web Tokens, whose header begins with {" in base64, and the tokens of aws eks get-token
	{"eyj", regexp.MustCompile(`(?:^|[^A-Za-z0-9])(eyJ[\w-]{5,}(?:\.[\w=-]*)*)`), nil},
	{"k8s-aws-v1.", regexp.MustCompile(`k8s-aws-v1\.[\w=-]+`), nil},
	{"", regexp.MustCompile(`(?:^|[^A-Za-z0-9])((?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|hv[sbr]\.|npm_|dckr_pat_|ya29\.|AIza|sk-|aws[ro]a?at-)[\w.-]{10,})`), nil},
	{"age-secret-key", regexp.MustCompile(`AGE-SECRET-KEY-[A-Z0-9]+`), nil},
	// of a URL: a user without a password may be a token
	{"://", regexp.MustCompile(`[A-Za-z][\w+.-]*://([^\s/@"'<>?#]+)@`), nil},
	// of a URL whose password has letters that a URL must escape
	{"://", regexp.MustCompile(`[A-Za-z][\w+.-]*://([^\s/:@"'<>]+:[^\s"'<>]+)@`), isHostAndPath},
	// of one with blanks, which is no URL: an error says so
	{"://", regexp.MustCompile(`[A-Za-z][\w+.-]*://([^\s/:@"']+:[^\s/@"']*(?: [^\s/@"']*){1,3})@`), isHostAndPath},
	// user:password@host without a scheme, as in https_proxy
	{"@", regexp.MustCompile(`(?:^|[\s=,;("'\[])([^\s/:@"'=,;(\[]*:[^\s/"'@]+(?:@[^\s/"'@.:]+)*)@[\w.\[-]`), isNoLogin},
	{"-", regexp.MustCompile(`(?:^|\s)(?:-u|--user|--proxy-user)[\s=]+["']?([^\s:"']+:[^\s"']+)`), nil},
	// not of "basic authentication failed"
	{"", regexp.MustCompile(`\b(?i:bearer|basic)\s+((?:[a-z]*[A-Z0-9~+/=_-][\w.~+/=-]{5,}|[a-z]{5,}[A-Z0-9~+/=_-][\w.~+/=-]*))`), nil},
	{"cookie", regexp.MustCompile(`(?i)\b(?:set-)?cookie["']?\s*[:=]\s*["'\[]*([^\s"'\]][^\n"'\]]*)`), nil},
	// signatures and tokens of a query string; the user_code and code_challenge of a login page are for the person who opens it
	{"=", regexp.MustCompile(`(?i)[?&;#](?:code|auth|assertion|saml(?:request|response)|sas|sig|[\w.-]*(?:device_code|signature|credential|token|secret|passw(?:or)?d|key|jwt)[\w.-]*)=([^&\s"'<>;]+)`), nil},
	// of a form: <input name="token" value="…">
	{"value", regexp.MustCompile(`(?i)name\s*=\s*["']?[\w.-]*(?:secret|passw(?:or)?d|token|saml|assertion|csrf)[\w.-]*["']?[^>]*?value\s*=\s*["']?([^\s"'>]+)`), nil},
	// of a variable of a pod: {Name:AWS_SECRET_ACCESS_KEY, Value:…}
	{"value", regexp.MustCompile(`(?i)name["']?\s*[:=]\s*["']?[\w.-]*(?:secret|passw(?:or)?d|token|access[_-]?key|api[_-]?key|private[_-]?key)[\w.-]*["']?[\s,]*["']?value["']?\s*[:=]\s*["']?([^\s"',}]+)`), isHarmlessValue},
}

// formsIn returns the secrets that a text shows by their form.
func formsIn(text string) (found []span) {
	lower := strings.ToLower(text)
	for _, f := range forms {
		if !strings.Contains(lower, f.has) {
			continue
		}
		group := 2 * f.form.NumSubexp()
		for _, match := range f.form.FindAllStringSubmatchIndex(text, -1) {
			secret := span{match[group], match[group+1]}
			if f.harmless == nil || !f.harmless(text, secret) {
				found = append(found, secret)
			}
		}
	}
	return found
}

// lengthOfKeyID is how long the IDs of access keys are, if they are not made up.
const lengthOfKeyID = 20

// isWord reports whether what begins as the ID of an access key is too short for one, and has only letters: ASIAPACIFICSALES.
func isWord(text string, s span) bool {
	return s.to-s.from < lengthOfKeyID && !strings.ContainsAny(text[s.from:s.to], "0123456789")
}

var hostAndPath = regexp.MustCompile(`^[^:]+:\d{1,5}[/?#\s,;)\]]`)

// isHostAndPath reports whether what is before an @ is the host of a URL with a port, and a part of its path.
func isHostAndPath(text string, s span) bool { return hostAndPath.MatchString(text[s.from:s.to]) }

// notLogin is what has a colon and is before an @, beside a user and a password: a role or a user and the name of its session, an
// ARN, a user of Kubernetes, with the prefix of who knows it, an address.
var notLogin = regexp.MustCompile(`(?i)^(?:A[A-Z]{3}[A-Z0-9]{8,}|arn|system|oidc|sso|saml|okta|azure|google|github|keycloak|dex|e?mail|mailto|user(?:name)?):`)

// aUser is before the name of a user in an error of the API server: User "sso:me@example.com" cannot get resource.
const aUser = `User "`

// isNoLogin reports whether user:password is something else, such as the tag of an image before its digest.
func isNoLogin(text string, s span) bool {
	return strings.HasSuffix(text[:s.from], aUser) || notLogin.MatchString(text[s.from:s.to]) || strings.HasPrefix(text[s.to:], "@sha256:") || strings.HasPrefix(text[s.to:], "@sha512:")
}

// isHarmlessValue reports whether a variable has no value that is a secret.
func isHarmlessValue(text string, s span) bool { return harmlessValue.MatchString(text[s.from:s.to]) }
