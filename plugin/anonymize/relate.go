package anonymize

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

const subjectPrefix = "system:serviceaccount:"

// findSubjects notes the namespaces and service accounts that a policy names.
func (a *anonymizer) findSubjects(policy string) {
	if !a.names.learning {
		return
	}
	for rest := policy; ; {
		_, after, found := strings.Cut(rest, subjectPrefix)
		if !found {
			return
		}
		subject := after
		if end := strings.IndexAny(after, "\"\\"); end >= 0 {
			subject = after[:end]
		}
		for part := range strings.SplitSeq(subject, ":") {
			a.subjects[part] = true
		}
		rest = after
	}
}

// most bounds the comparisons of names.
const most = 5_000_000

// slips is how many letters of a subject may be wrong for an answer to take it for another.
const slips = 2

// relate finds the names in policies that are patterns of the cluster's names, or nearly one of them, and gives them
// replacements of which the same is true.
func (a *anonymizer) relate() {
	known := slices.Sorted(maps.Keys(a.known))
	if len(known)*len(a.subjects) > most {
		return
	}
	for _, part := range slices.Sorted(maps.Keys(a.subjects)) {
		switch {
		case part == "" || a.known[part]:
		case strings.ContainsAny(part, "*?"):
			a.relatePattern(part, known)
		default:
			a.relateSlip(part, known)
		}
	}
}

func (a *anonymizer) relateSlip(part string, known []string) {
	for _, name := range known {
		if len(name) > slips && trust.Near(part, name, slips) {
			a.names.meant[part] = slipOf(part, name, a.names.of(name))
			return
		}
	}
}

// slipOf does to the replacement of a name what was done to the name: where a letter is the same, so is it; one that is
// another, or too many, is another.
func slipOf(part, name, replaced string) string {
	have, from, to := []rune(part), []rune(name), []rune(replaced)
	if len(from) != len(to) {
		return part
	}
	start := 0
	for start < min(len(have), len(from)) && have[start] == from[start] {
		start++
	}
	end := 0
	for end < min(len(have), len(from))-start && have[len(have)-1-end] == from[len(from)-1-end] {
		end++
	}
	var out []rune
	out = append(out, to[:start]...)
	middle := to[start : len(to)-end]
	for i, r := range have[start : len(have)-end] {
		at := slices.Index(from, r)
		switch {
		case !unicode.IsLetter(r):
			out = append(out, r)
		case i < len(middle) && unicode.ToLower(r) == unicode.ToLower(from[start+i]): // another case
			out = append(out, cased(middle[i], r))
		case at >= 0:
			out = append(out, to[at])
		default:
			out = append(out, unlike(to))
		}
	}
	return string(append(out, to[len(to)-end:]...))
}

func cased(letter, as rune) rune {
	if unicode.IsUpper(as) {
		return unicode.ToUpper(letter)
	}
	return unicode.ToLower(letter)
}

// unlike is a letter that is not in a name.
func unlike(name []rune) rune {
	for _, r := range letters {
		if !slices.Contains(name, r) {
			return r
		}
	}
	return 'x'
}

// relatePattern replaces a pattern so that it matches the same names. Word by word it mostly does; where a wildcard is in a
// word, the letters are those of a name that it matches.
func (a *anonymizer) relatePattern(pattern string, known []string) {
	var matched []string
	for _, name := range known {
		if trust.Like(pattern, name) {
			matched = append(matched, name)
		}
	}
	best, agreed := "", -1
	candidates := []string{a.names.of(pattern)}
	for _, name := range matched[:min(len(matched), 20)] {
		candidates = append(candidates, alike(pattern, name, a.names.of(name)))
	}
	for _, candidate := range candidates {
		agree := 0
		for _, name := range known {
			if trust.Like(pattern, name) == trust.Like(candidate, a.names.of(name)) {
				agree++
			}
		}
		if agree > agreed {
			best, agreed = candidate, agree
		}
	}
	a.names.meant[pattern] = best
}

// alike is a pattern with the letters of a name's replacement in the place of those of the name.
func alike(pattern, name, replaced string) string {
	if len(name) != len(replaced) {
		return pattern
	}
	var out strings.Builder
	at := 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '?':
			out.WriteByte('?')
			at++
		case '*':
			out.WriteByte('*')
			// the shortest run after which the rest matches
			for at < len(name) && !trust.Like(pattern[i+1:], name[at:]) {
				at++
			}
		default:
			if at < len(replaced) {
				out.WriteByte(replaced[at])
			}
			at++
		}
	}
	return out.String()
}
