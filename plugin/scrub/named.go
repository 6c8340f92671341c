package scrub

import (
	"regexp"
	"strings"
)

// A name of a secret is followed by its value: NAME=value, "Name": "value", <Name>value</Name>, --name value, name is value.
var (
	named = regexp.MustCompile(`(?i)[\w.-]*(?:secret[ _-]access[ _-]key|secret|passw(?:or)?d|passphrase|pwd|access[ _-]?key|api[ _-]?key|private[ _-]?key|client[_-]?key|key[_-]?data|device_code|authorization|assertion|signature|token|credential)[\w.-]*`)
	// said are the same names as words of a sentence.
	said = regexp.MustCompile(`(?i)\b(?:secret access key|access key id|secret key|access key|api key|private key|client secret|(?:session|access|refresh|id|security|bearer) token|token|password|passphrase|secret|credential)\s+(?:(?:is|was|of|for|value|:|=|key)\s+)*["']?([^\s"',;]+)`)

	// hint is in all of them.
	hint = regexp.MustCompile(`(?i)secr|pass|pwd|key|auth|asse|sign|toke|cred|device_code`)

	assigned  = regexp.MustCompile(`^(?:\\?["'\]])*\s*(?:=>|:=|==?|:)\s*`)
	separated = regexp.MustCompile(`^\s+`)
	quoted    = regexp.MustCompile("^[\"'`]")
	listed    = regexp.MustCompile(`^\[[^\[\]{}:]+\]`)
	bare      = regexp.MustCompile(`^[^\s,;}<>"']+`)

	// harmlessName are names about a secret, which do not have it as their value: of a file, of an object, of an error.
	harmlessName = regexp.MustCompile(`(?i)(?:files?|path|uri|url|names?|refs?|seconds|expiration|expiry|expires|at|type|version|arn|endpoint|audience|providers?|source|process|mount|count|status|exception|error|required|enabled|methods?|keys?selector|ttl|s)$|^(?:expired|invalid|missing|malformed|unsupported|unrecognized|incomplete|unauthorized)[a-z]*$|^(?:automount|projected)`)
	plural       = regexp.MustCompile(`(?i)(?:secrets|tokens|passwords|credentials|keys|passes)$`)
	// harmlessValue is no secret, whatever its name is.
	harmlessValue = regexp.MustCompile(`^(?:|true|false|null|nil|none|<nil>|REDACTED|\*+|x{3,}|<?masked>?|arn:\S*|file://\S*|https?://\S*|\$\{[^}]*\}?|\$\([^)]*\)?|[{\[(].*)$`)
	// aPath is the beginning of the path of a file.
	aPath = regexp.MustCompile(`^(?:[A-Za-z]:\\|~/|\.{0,2}/)`)

	// stopword is a word of a sentence about a secret; capitalized, lower and number are no secrets where a sentence goes on.
	stopword    = regexp.MustCompile(`(?i)^(?:EOF|expired|invalid|missing|not|no|none|unauthorized|denied|has|had|have|is|are|was|were|be|been|the|a|an|and|or|to|of|for|from|in|on|at|by|with|without|could|cannot|can|can't|couldn't|must|should|would|will|may|might|does|do|did|doesn't|failed|fails|failure|unable|required|requires|empty|unexpected|malformed|rejected|revoked|refused|unknown|unset|set|there|this|that|it|its|your|you|use|used|using|given|provided|provide|found|exists|exist|cached|loaded|read|reading|error|access|if|as|than|too|only|please|run|file|files|path|names?|ids?|keys?|provider|included|request|exchange|review|volume|projection|based|authentication|auth|flag|value|values|string|type|which|when|where|because|but|so|under|between|after|before|within|about|into|came|comes|ends|instead)[.:!?)]*$`)
	capitalized = regexp.MustCompile(`^[A-Z][a-z']*$|^[A-Z][A-Za-z]*:$`)
	lower       = regexp.MustCompile(`^[a-z]+[.:!?)]*$`)
	number      = regexp.MustCompile(`^-?\d{1,7}[smhd]?$`)
)

// namedIn returns the values of a text that have the name of a secret.
func namedIn(text string) (found []span) {
	if !hint.MatchString(text) {
		return nil
	}
	for _, name := range named.FindAllStringIndex(text, -1) {
		if secret, ok := valueOf(text, span{name[0], name[1]}); ok {
			found = append(found, secret)
		}
	}
	for _, match := range said.FindAllStringSubmatchIndex(text, -1) {
		if secret := (span{match[2], match[3]}); !isSentence(text, secret) && isMixed(text[secret.from:secret.to]) {
			found = append(found, secret)
		}
	}
	return found
}

// valueOf returns the value that follows a name.
func valueOf(text string, name span) (span, bool) {
	called, rest := text[name.from:name.to], text[name.to:]
	isFlag := strings.HasPrefix(called, "-")
	if harmlessName.MatchString(called) && !(plural.MatchString(called) && strings.HasPrefix(rest, "=")) {
		return span{}, false
	}
	at, sign := name.to, ""
	switch between := assigned.FindString(rest); {
	case between != "":
		at, sign = at+len(between), strings.TrimSpace(between)
	case strings.HasPrefix(rest, ">") && name.from > 0 && text[name.from-1] == '<':
		at, sign = at+1, "="
	case isFlag:
		between := separated.FindString(rest)
		if at, sign = at+len(between), " "; between == "" || strings.HasPrefix(text[at:], "-") {
			return span{}, false
		}
	default:
		return span{}, false
	}
	value, inQuotes := valueAt(text, at)
	if isFragment := name.from > 0 && strings.ContainsRune("?&;#", rune(text[name.from-1])); isFragment && !inQuotes {
		if end := strings.IndexByte(text[value.from:value.to], '&'); end >= 0 {
			value.to = value.from + end
		}
	}
	is := text[value.from:value.to]
	switch {
	case harmlessValue.MatchString(is):
		return span{}, false
	case aPath.MatchString(is) && !isKey(is):
		return span{}, false
	case inQuotes, sign == "=" && !number.MatchString(is):
		return value, true
	case number.MatchString(is), stopword.MatchString(is):
		return span{}, false
	case sign == " ":
		return value, true
	case strings.ContainsAny(sign, `"'`): // a name in quotes, and a value without: pods "token": not found
		return value, isMixed(is)
	default:
		return value, !isSentence(text, value)
	}
}

// valueAt returns the value that begins at a byte, without its quotes.
func valueAt(text string, at int) (value span, inQuotes bool) {
	rest := text[at:]
	if list := listed.FindString(rest); list != "" {
		return span{at + 1, at + len(list) - 1}, true
	}
	if quote := quoted.FindString(rest); quote != "" {
		end := strings.Index(rest[1:], quote)
		if end < 0 {
			end = len(rest) - 1
		}
		return span{at + 1, at + 1 + end}, true
	}
	return span{at, at + len(bare.FindString(rest))}, false
}

// isSentence reports whether a sentence goes on where a value could be: Error loading SSO Token: Token for dev does not exist.
func isSentence(text string, value span) bool {
	is, rest := text[value.from:value.to], text[value.to:]
	if stopword.MatchString(is) {
		return true
	}
	goesOn := strings.HasPrefix(rest, " ")
	return goesOn && (capitalized.MatchString(is) || lower.MatchString(is)) || strings.HasSuffix(is, ":")
}

// isMixed reports whether something is not a word: it has digits, or upper case after its first letter.
func isMixed(value string) bool {
	if value == "" {
		return false
	}
	return strings.ContainsAny(value, "0123456789") || strings.ToLower(value[1:]) != value[1:] && strings.ToUpper(value) != value
}
