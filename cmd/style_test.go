package cmd

import (
	"runtime"
	"testing"
)

func TestUTF8Locale(t *testing.T) {
	for _, test := range []struct {
		all, ctype, lang string
		want             bool
	}{
		{"", "", "", runtime.GOOS == "windows"},
		{"", "", "en_US.UTF-8", true},
		{"", "", "de_DE.utf8", true},
		{"C", "", "en_US.UTF-8", false},
		{"C.UTF-8", "C", "C", true},
		{"", "POSIX", "en_US.UTF-8", false},
		{"", "UTF-8", "", true},
		{"", "", "de_DE@euro", false},
	} {
		env := map[string]string{"LC_ALL": test.all, "LC_CTYPE": test.ctype, "LANG": test.lang}
		if got := utf8Locale(func(name string) string { return env[name] }); got != test.want {
			t.Errorf("%v: %t, want %t", env, got, test.want)
		}
	}
}
