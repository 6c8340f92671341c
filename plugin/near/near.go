// Package near finds the word that somebody meant who mistyped it.
package near

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

const (
	// longest is the length of the longest word that is compared, in bytes: that of a Kubernetes name (RFC 1123 subdomain).
	longest = 253
	// shortestPrefix is the length from which the beginning of a word stands for the word.
	shortestPrefix = 3
)

// To returns the word that comes nearest to what was typed. ok is false where none comes so near that it was likely meant:
// at most one in three letters may be wrong, or it is the beginning of one word alone. Case does not matter.
func To(typed string, words []string) (word string, ok bool) {
	typed = strings.ToLower(typed)
	if len(typed) > longest {
		return "", false
	}
	for slips := range maxSlips(typed) + 1 {
		for _, candidate := range words {
			lower := strings.ToLower(candidate)
			if candidate != "" && (trust.Near(typed, lower, slips) || slips == 1 && swapped(typed, lower)) {
				return candidate, true
			}
		}
	}
	return begun(typed, words)
}

// maxSlips is how many letters may be wrong.
func maxSlips(typed string) int {
	if len(typed) < 3 {
		return 0
	}
	return len(typed) / 3
}

// swapped reports whether two neighbouring letters are the other way round, which is one slip of the fingers.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
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
