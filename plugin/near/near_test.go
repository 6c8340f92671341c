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

func FuzzTo(f *testing.F) {
	f.Add("deployement", "deployment")
	f.Fuzz(func(t *testing.T, typed, word string) {
		if got, ok := To(typed, []string{word}); ok != (got != "") || ok && got != word {
			t.Errorf("%q, %t", got, ok)
		}
		if len(word) > 0 && len(strings.ToLower(word)) <= longest {
			if got, ok := To(word, []string{word}); !ok || got != word {
				t.Errorf("%q is not near itself", word)
			}
		}
	})
}
