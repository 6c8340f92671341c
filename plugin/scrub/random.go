package scrub

import (
	"regexp"
	"strings"
)

const (
	// lengthOfKey is the length of a secret access key. Session tokens and other keys are longer.
	lengthOfKey = 40
	// shortest is the length from which on random letters are taken for a secret.
	shortest = 36
	// longestRandom is how many random letters in a row the name of a thing may have, as those have that CloudFormation makes.
	longestRandom = 20
	// near is how far before a key a word may be that says what it is, in bytes.
	near = 40
)

var (
	runs = regexp.MustCompile(`[A-Za-z0-9+/=_-]{36,}`)
	// public are names in which there are long random parts, and what a login page is opened with, which is public
	// (https://www.rfc-editor.org/rfc/rfc7636#section-4.3).
	public = regexp.MustCompile(`arn:[a-z0-9-]*:[a-z0-9-]*:[a-z0-9-]*:[0-9]*:[^\s"'<>]*|[?&](?:code_challenge|state|nonce)=[^\s"'<>&]*`)
	key    = regexp.MustCompile(`^[A-Za-z0-9+/]{40}$`)
	hex    = regexp.MustCompile(`^(?:[0-9a-f]+|[0-9A-F]+)$`)

	// about is what is before a key: a word that says so, or the beginning of a value.
	about      = regexp.MustCompile(`(?i)secret|access.?key|credential|passw`)
	assignment = regexp.MustCompile(`[=:]\s*["']?$`)
)

// randomIn returns the parts of a text that are as long and as random as a secret.
func randomIn(text string) (found []span) {
	names := public.FindAllStringIndex(text, -1)
	for _, match := range runs.FindAllStringIndex(text, -1) {
		for len(names) > 0 && names[0][1] <= match[0] {
			names = names[1:]
		}
		if len(names) > 0 && names[0][0] <= match[0] {
			continue
		}
		run := span{match[0], match[1]}
		for _, part := range parts(text, run) {
			is := text[part.from:part.to]
			before := text[max(0, part.from-near):part.from]
			if isRandom(is) || isKey(is) && (about.MatchString(before) || assignment.MatchString(before)) {
				found = append(found, run)
				break
			}
		}
	}
	return found
}

// parts returns what may be secrets of their own in a run: its folders, if it is a path, and itself.
func parts(text string, run span) []span {
	is := text[run.from:run.to]
	trimmed := strings.TrimRight(strings.TrimLeft(is, "="), "=") // of NAME=
	if len(strings.TrimLeft(is, "=")) == lengthOfKey || !strings.Contains(trimmed, "/") && !strings.Contains(trimmed, "=") {
		return []span{run}
	}
	before := ""
	if run.from > 0 {
		before = text[run.from-1 : run.from]
	}
	if !strings.HasPrefix(is, "/") && before != "." && before != "~" && before != ":" && !strings.Contains(trimmed, "=") && strings.Count(is, "/")*lengthOfKey/2 < len(is) {
		return []span{run} // base64
	}
	var list []span
	from := run.from
	for at := run.from; at <= run.to; at++ {
		if at == run.to || text[at] == '/' || text[at] == '=' {
			list = append(list, span{from, at})
			from = at + 1
		}
	}
	return list
}

// isKey reports whether something may be a secret access key, if something says so.
func isKey(word string) bool {
	return key.MatchString(word) && !hex.MatchString(word) && strings.ToLower(word) != word && strings.ToUpper(word) != word
}

// isRandom reports whether a word is as long and as mixed as a secret. Names are long too: they have words, with hyphens or
// with upper case between them, and their random parts are short or of one case.
func isRandom(run string) bool {
	if len(run) < shortest || !strings.ContainsAny(run, "0123456789+/") || strings.ToLower(run) == run || strings.ToUpper(run) == run {
		return false
	}
	mixed := 0
	for word := range strings.FieldsFuncSeq(run, func(r rune) bool { return r == '-' || r == '_' }) {
		if strings.ToLower(word) == word || strings.ToUpper(word) == word || ofWords(word) {
			continue
		}
		if mixed += len(word); len(word) >= longestRandom {
			return true
		}
	}
	return mixed*5 >= len(run)*3
}

// ofWords reports whether lower-case letters in a row make up a large part of a word.
func ofWords(word string) bool {
	const shortestWord = 4
	inWords, row := 0, 0
	for _, r := range word + " " {
		if 'a' <= r && r <= 'z' {
			row++
			continue
		}
		if row >= shortestWord {
			inWords += row
		}
		row = 0
	}
	return inWords*5 >= len(word)*2
}
