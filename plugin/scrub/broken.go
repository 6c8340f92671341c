package scrub

import (
	"regexp"
	"strings"
)

var (
	// goesOn is the rest of a secret on the next line: nothing else is there.
	goesOn = regexp.MustCompile(`^["'\\]?[ \t]*\r?\n[ \t]*["']?([A-Za-z0-9+/=_.-]{4,})["',;}\])]*[ \t]*(?:\r?\n|$)`)
	// head is what may be part of a secret, at the beginning of a line.
	head = regexp.MustCompile(`^[ \t]*([A-Za-z0-9+/=_-]+)`)
	id   = regexp.MustCompile(`^(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}$`)
)

// mostLines is over how many lines a secret may be broken: a key in base64 has seventy.
const mostLines = 100

// continued returns the end of a secret that goes on in the next lines.
func continued(text string, secret span) int {
	const shortest = 12
	end := secret.to
	if end-secret.from < shortest {
		return end
	}
	for {
		match := goesOn.FindStringSubmatchIndex(text[end:])
		if match == nil || !isMixed(text[end+match[2]:end+match[3]]) {
			return end
		}
		end += match[3]
	}
}

// brokenIn returns secrets that are broken over lines so that no part of them looks like one.
func brokenIn(text string, depth int) (found []span) {
	opened := 0 // up to where base64 was opened
	for end := strings.IndexByte(text, '\n'); end >= 0; {
		line := strings.TrimRight(text[:end], "\r \t")
		from := len(strings.TrimRightFunc(line, isBase64))
		first := line[from:]
		joined, whole := first, span{from, from}
		lines := 0
		for at := end; first != "" && at >= 0 && lines < mostLines; lines++ {
			part := head.FindStringSubmatchIndex(text[at+1:])
			if part == nil {
				break
			}
			more, to := text[at+1+part[2]:at+1+part[3]], at+1+part[3]
			rest := strings.TrimLeft(text[to:], "\r \t")
			if at = -1; strings.HasPrefix(rest, "\n") {
				at = len(text) - len(rest)
			} else if lower.MatchString(more) { // a sentence
				break
			}
			joined, whole.to = joined+more, to
			if len(joined) == lengthOfKey && isKey(joined) && isRandom(joined) || len(joined) == lengthOfKeyID && id.MatchString(joined) {
				found = append(found, whole)
			}
		}
		if depth > 0 && whole.to > whole.from && from >= opened {
			if plain, ok := decoded(joined); ok {
				opened = whole.to
				if len(secretsIn(plain, depth-1)) > 0 {
					found = append(found, whole)
				}
			}
		}
		next := strings.IndexByte(text[end+1:], '\n')
		if next < 0 {
			break
		}
		end += 1 + next
	}
	return found
}

func isBase64(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("+/=_-", r)
}
