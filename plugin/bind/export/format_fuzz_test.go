package export_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
)

// FuzzFormats: with any text at the end of each text of a change, and in its policy, what the parser of each format reads is what
// the change holds, or the change is named as a step by hand.
func FuzzFormats(f *testing.F) {
	for i, name := range slices.Sorted(maps.Keys(awkward)) {
		f.Add(awkward[name], byte(i), i%8 == 0)
	}
	f.Fuzz(func(t *testing.T, text string, which byte, shell bool) {
		if !utf8.ValidString(text) || len(text) > 2000 || strings.HasSuffix(text, "\n") {
			return // neither Kubernetes nor AWS holds it, and a comment has no empty line at its end
		}
		all := filled(text, policyWith(t, text))
		c := all[int(which)%len(all)]
		inLanguages(t, c, text)
		if shell {
			inScripts(t, []change.Change{c.change})
		}
	})
}
