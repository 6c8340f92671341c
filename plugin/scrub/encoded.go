package scrub

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// encoded is what may be a text in base64.
var encoded = regexp.MustCompile(`[A-Za-z0-9+/_-]{16,}={0,2}`)

// encodedIn returns the parts of a text that are a secret in base64.
func encodedIn(text string, depth int) (found []span) {
	for _, match := range encoded.FindAllStringIndex(text, -1) {
		if hides(text[match[0]:match[1]], depth) {
			found = append(found, span{match[0], match[1]})
		}
	}
	return found
}

// hides reports whether there is a secret in a text in base64.
func hides(text string, depth int) bool {
	plain, ok := decoded(text)
	return ok && len(secretsIn(plain, depth)) > 0
}

// decoded opens base64, of either alphabet, if there is text in it.
func decoded(text string) (plain string, ok bool) {
	text, _, _ = strings.Cut(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")
	const unit = 4
	if len(text)%unit == 1 { // a part of a longer one
		text = text[:len(text)-1]
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(data) == 0 || !utf8.Valid(data) || strings.ContainsFunc(string(data), isBinary) {
		return "", false
	}
	return string(data), true
}

func isBinary(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }
