package near

import (
	"slices"
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

func TestNearest(t *testing.T) {
	got := Nearest("prod", []string{"staging", "prod-eu", "prod-us", "dev", "prod-eu"}, 2)
	if !slices.Equal(got, []string{"prod-eu", "prod-us"}) {
		t.Errorf("got %q", got)
	}
	if got := Nearest("prod", []string{"dev"}, 3); !slices.Equal(got, []string{"dev"}) {
		t.Errorf("got %q", got)
	}
}

func FuzzDistance(f *testing.F) {
	f.Add("deployement", "deployment")
	f.Fuzz(func(t *testing.T, a, b string) {
		d := distance(a, b, 2*longest)
		if d < 0 || d > 2*longest {
			t.Errorf("distance %d", d)
		}
		if len(a) <= longest && len(b) <= longest && d != distance(b, a, 2*longest) {
			t.Error("the way back is another")
		}
		To(a, []string{b})
		Nearest(a, []string{b}, 1)
	})
}
