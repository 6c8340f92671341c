package trust

import (
	"strings"
	"unicode/utf8"
)

// In a pattern these are * and ?; every other token is a character that matches itself.
const (
	anyRun rune = -1 - iota
	anyOne
)

// Like matches s against a pattern in which * matches any run of characters, colons and slashes
// included, and ? for exactly one. Nothing else is special. It needs at most len(pattern) × len(s) steps.
func Like(pattern, s string) bool {
	if len(pattern)-strings.Count(pattern, "*") > len(s) {
		return false
	}
	p, i := 0, 0
	star, retry := -1, 0
	for i < len(s) {
		if p < len(pattern) && pattern[p] == '*' {
			star, retry = p, i
			p++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if p < len(pattern) {
			want, width := utf8.DecodeRuneInString(pattern[p:])
			if want == '?' || want == r {
				p += width
				i += size
				continue
			}
		}
		if star < 0 {
			return false
		}
		_, skipped := utf8.DecodeRuneInString(s[retry:])
		retry += skipped
		p, i = star+1, retry
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// likeTokens is Like for a pattern in which a literal * or ? can occur.
func likeTokens(pattern, s []rune) bool {
	needed := 0
	for _, r := range pattern {
		if r != anyRun {
			needed++
		}
	}
	if needed > len(s) {
		return false
	}
	p, i := 0, 0
	star, retry := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == anyRun:
			star, retry = p, i
			p++
		case p < len(pattern) && (pattern[p] == anyOne || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			retry++
			p, i = star+1, retry
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == anyRun {
		p++
	}
	return p == len(pattern)
}

// wild reports whether s, read as a pattern, could match anything but itself.
func wild(s string) bool { return strings.IndexByte(s, '*') >= 0 || strings.IndexByte(s, '?') >= 0 }

// actionMatches compares the name of an action with a pattern. Both ignore case, and wildcards are allowed
// anywhere in the name.
func actionMatches(pattern, action string) bool {
	if pattern == action || strings.EqualFold(pattern, action) {
		return true
	}
	return wild(pattern) && Like(strings.ToLower(pattern), strings.ToLower(action))
}
