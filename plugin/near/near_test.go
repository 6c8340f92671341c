package near

import (
	"strings"
	"testing"
)

func TestTo(t *testing.T) {
	kinds := []string{"pod", "deployment", "statefulset", "daemonset", "job", "serviceaccount"}
	for typed, want := range map[string]string{
		"deployement":                     "deployment", // a character too many
		"deplyment":                       "deployment", // one too few
		"deploymetn":                      "deployment", // two swapped
		"Pdo":                             "pod",
		"state":                           "statefulset", // its beginning
		"pox":                             "pod",
		"widget":                          "",
		"web":                             "",
		"po":                              "",
		"":                                "",
		"jib":                             "job",
		strings.Repeat("deployment", 100): "",
	} {
		if got, ok := To(typed, kinds); got != want || ok != (want != "") {
			t.Errorf("%.20q: %q, want %q", typed, got, want)
		}
	}
	if got, ok := To("prod", []string{"production-1", "production-2"}); ok {
		t.Errorf("the beginning of two words stands for %q", got)
	}
	if got, ok := To("x", nil); ok {
		t.Errorf("%q is near among no words", got)
	}
}

// FuzzTo: a word is near itself, what is found is one of the words, and a word that is there as it was typed is found first.
func FuzzTo(f *testing.F) {
	f.Add("deployement", "deployment", "pod")
	f.Add("K\u0130", "\u212a", "\xff")
	f.Fuzz(func(t *testing.T, typed, word, other string) {
		if got, ok := To(typed, []string{word, other}); ok != (got != "") || ok && got != word && got != other {
			t.Errorf("%q, %t", got, ok)
		}
		if len(word) == 0 || len(strings.ToLower(word)) > longest {
			return
		}
		lower := strings.ToLower(word) // as To compares them, which is not how strings.EqualFold does
		for _, words := range [][]string{{word}, {word, other}, {other, word}} {
			if got, ok := To(word, words); !ok || strings.ToLower(got) != lower {
				t.Errorf("%q is not near itself in %q: %q", word, words, got)
			}
		}
	})
}
