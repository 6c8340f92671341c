package neterr

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// redacted stands for a secret.
const redacted = "REDACTED"

// secrets are the forms of secrets in what programs print; the replacement keeps what names them.
var secrets = []struct {
	form *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*-----.*?(-----END [A-Z ]*-----|$)`), redacted},
	// user:password@ of a URL or a connection string
	{regexp.MustCompile(`[^\s/:@"']*:[^\s/"']+@`), redacted + "@"},
	// JSON Web Tokens, whose header begins with {" in base64, and the tokens of aws eks get-token
	{regexp.MustCompile(`\beyJ[\w-]+(\.[\w=-]*)*`), redacted},
	{regexp.MustCompile(`\bk8s-aws-v1\.[\w=-]+`), redacted},
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
	{regexp.MustCompile(`\b(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{8,}`), redacted},
	{regexp.MustCompile(`\b(gh[pousr]|github_pat|glpat|xox[abprs]|hv[sb])[._-][\w.-]{10,}`), redacted},
	// not of "basic authentication failed"
	{regexp.MustCompile(`\b((?i:bearer|basic))\s+(?:[a-z]*[A-Z0-9~+/=_-][\w.~+/=-]{5,}|[a-z]{5,}[A-Z0-9~+/=_-][\w.~+/=-]*)`), "$1 " + redacted},
	// signatures and tokens of a query string; the user_code and code_challenge of a login page are for the person who opens it
	{regexp.MustCompile(`(?i)([?&](?:code|[\w.-]*(?:signature|credential|token|secret|password|sig|key)[\w.-]*)=)[^&\s"']+`), "${1}" + redacted},
	// NAME=value, "Name": "value", --name value
	{regexp.MustCompile(`(?i)([\w-]*(?:secret|passw(?:or)?d|passphrase|access[_-]?key|api[_-]?key|private[_-]?key)[\w-]*["']?\s*[=:]\s*)("[^"]*"?|'[^']*'?|[^\s,;}]+)`), "${1}" + redacted},
	// The same of a token, where no sentence follows: Error loading SSO Token: Token for dev does not exist
	{regexp.MustCompile(`(?i)([\w-]*(?:token|credential)[\w-]*["']?\s*[=:]\s*)("[^"]*"?|'[^']*'?|[^\s,;}]*[^\sA-Za-z,;}][^\s,;}]*|[^\s,;}]+$|[^\s,;}]+[,;}])`), "${1}" + redacted},
	{regexp.MustCompile(`(?i)(--?[\w-]*(?:secret|password|token|access-key|api-key)[\w-]*\s+)("[^"]*"?|'[^']*'?|[^\s-]\S*)`), "${1}" + redacted},
}

// random are runs of letters that may be a secret by themselves: a secret access key has 40, a session token hundreds. What is
// before them says what they are: an ARN, a path, or what a login page is opened with, which is public
// (https://www.rfc-editor.org/rfc/rfc7636#section-4.3).
var (
	random   = regexp.MustCompile(`(arn:[a-z0-9-]*:[a-z0-9-]*:[a-z0-9-]*:[0-9]*:|[?&](?:code_challenge|state|nonce)=|[/~]?\.|~)?[A-Za-z0-9+/=_-]{40,}`)
	harmless = regexp.MustCompile(`^(arn:|[?&])`)
	path     = regexp.MustCompile(`^[/~.]`)
)

// colors are the sequences that colour text on a terminal.
var colors = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Scrub removes what may be a secret from the text of another program. It removes too much rather than too little.
func Scrub(text string) string {
	text = colors.ReplaceAllString(text, "")
	for _, secret := range secrets {
		text = secret.form.ReplaceAllString(text, secret.with)
	}
	return random.ReplaceAllStringFunc(text, func(run string) string {
		parts := []string{run}
		switch {
		case harmless.MatchString(run):
			return run
		case path.MatchString(run) && len(run) != lengthOfKey: // a path, whose folders are shorter than a secret
			parts = strings.Split(run, "/")
		}
		if slices.ContainsFunc(parts, isRandom) {
			return redacted
		}
		return run
	})
}

// lengthOfKey is the length of a secret access key, which may begin as a path does.
const lengthOfKey = 40

// isRandom reports whether a word is as long and as mixed as a secret.
func isRandom(word string) bool {
	const shortest = 36
	return len(word) >= shortest && strings.ContainsFunc(word, unicode.IsDigit) && strings.ContainsFunc(word, unicode.IsUpper) && strings.ContainsFunc(word, unicode.IsLower)
}

// LastLine is the last line of a program's text that says something, without secrets: programs end with their error.
func LastLine(text string) string {
	lines := strings.FieldsFunc(Scrub(text), func(r rune) bool { return r == '\n' || r == '\r' })
	for i := len(lines) - 1; i >= 0; i-- {
		if line := Line(lines[i]); strings.ContainsFunc(line, unicode.IsLetter) {
			return strings.TrimRight(line, ". ")
		}
	}
	return ""
}
