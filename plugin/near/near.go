// Package near finds the word that somebody meant who mistyped it.
package near

import (
	"cmp"
	"slices"
	"strings"
)

const (
	// longest is the length of the longest word that is compared, in bytes: that of a Kubernetes name (RFC 1123 subdomain).
	longest = 253
	// shortestPrefix is the length from which the beginning of a word stands for the word.
	shortestPrefix = 3
)

// To returns the word that comes nearest to what was typed. ok is false where none comes so near that it was likely meant:
// at most one in three characters may be wrong, or it is the beginning of one word alone. Case does not matter.
func To(typed string, words []string) (word string, ok bool) {
	typed = strings.ToLower(typed)
	if len(typed) > longest {
		return "", false
	}
	best := limit(typed) + 1
	for _, candidate := range words {
		if d := distance(typed, strings.ToLower(candidate), best); d < best {
			word, best = candidate, d
		}
	}
	if word != "" {
		return word, true
	}
	return begun(typed, words)
}

// begun returns the only word that begins as was typed.
func begun(typed string, words []string) (word string, ok bool) {
	if len(typed) < shortestPrefix {
		return "", false
	}
	for _, candidate := range words {
		switch {
		case !strings.HasPrefix(strings.ToLower(candidate), typed) || candidate == word:
		case word != "":
			return "", false
		default:
			word = candidate
		}
	}
	return word, word != ""
}

// Nearest returns at most so many words, the nearest first.
func Nearest(typed string, words []string, most int) []string {
	typed = strings.ToLower(typed)
	if len(typed) > longest {
		typed = typed[:longest]
	}
	distances := map[string]int{}
	for _, word := range words {
		distances[word] = distance(typed, strings.ToLower(word), 2*longest)
	}
	sorted := slices.SortedFunc(slices.Values(words), func(a, b string) int {
		return cmp.Or(cmp.Compare(distances[a], distances[b]), cmp.Compare(a, b))
	})
	sorted = slices.Compact(sorted)
	return sorted[:min(most, len(sorted))]
}

// limit is how many characters may be wrong.
func limit(typed string) int {
	if len(typed) < 3 {
		return 0
	}
	return len(typed) / 3
}

// distance is how many characters were left out, added, changed or swapped with their neighbour (the restricted
// Damerau-Levenshtein distance, https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance), or enough if it is not less.
func distance(a, b string, enough int) int {
	if len(a)-len(b) >= enough || len(b)-len(a) >= enough || len(b) > longest {
		return enough
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			changed := last[j-1]
			if a[i-1] != b[j-1] {
				changed++
			}
			row[j] = min(changed, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], enough)
}
