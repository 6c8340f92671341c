// Package scrub removes secrets from the text of other programs and servers.
package scrub

import (
	"regexp"
	"slices"
	"strings"
)

// Redacted is what a secret is replaced with.
const Redacted = "REDACTED"

// colors are the sequences that colour text on a terminal.
var colors = regexp.MustCompile("\x1b\\[[0-9;]*m")

// A span is the part of a text from a byte up to, and without, another.
type span struct{ from, to int }

// Text returns a text without what may be a secret. It removes too much rather than too little, but keeps what names a thing:
// ARNs, IDs, hashes, paths, names of roles. What is encoded (JSON, percent, HTML, base64) or broken over lines is found too.
func Text(text string) string {
	text = colors.ReplaceAllString(text, "")
	var clean strings.Builder
	at := 0
	for _, secret := range secretsIn(text, deepest) {
		clean.WriteString(text[at:secret.from])
		clean.WriteString(Redacted)
		at = secret.to
	}
	if at == 0 {
		return text
	}
	clean.WriteString(text[at:])
	return clean.String()
}

// deepest is how many base64 encodings are opened, one in another, and how many escapings.
const deepest = 3

// secretsIn returns the secrets of a text in their order. None overlaps another.
func secretsIn(text string, depth int) []span {
	var found []span
	for _, v := range viewsOf(text) {
		for _, secret := range v.secrets(depth) {
			found = append(found, v.source(secret))
		}
	}
	slices.SortFunc(found, func(a, b span) int { return a.from - b.from })
	merged := found[:0]
	for _, secret := range found {
		if last := len(merged) - 1; last >= 0 && secret.from <= merged[last].to {
			merged[last].to = max(merged[last].to, secret.to)
			continue
		}
		merged = append(merged, secret)
	}
	return merged
}

// secrets returns the secrets of one view of a text, in any order.
func (v view) secrets(depth int) []span {
	found := slices.Concat(formsIn(v.text), namedIn(v.text), randomIn(v.text))
	if depth > 0 {
		found = append(found, encodedIn(v.text, depth-1)...)
	}
	for i := range found {
		found[i].to = continued(v.text, found[i])
	}
	return append(found, brokenIn(v.text, depth)...)
}
