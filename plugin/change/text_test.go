package change

import (
	"strings"
	"testing"
)

// TestReadable holds that a policy is shown as it is written, unless a line of it, of either version, holds too much.
func TestReadable(t *testing.T) {
	key := `"` + strings.Repeat("k", 90) + `:sub": "`
	written := "{\n \"Statement\": [\n  {\"Effect\": \"Allow\"}\n ]\n}"
	long := "{\n " + key + strings.Repeat("v", 60) + "\"\n}"
	crowded := "{\n \"Statement\": [\n  {\"Effect\": \"Allow\", \"Condition\": {\"StringEquals\": {" + key + "a\"}}}\n ]\n}"
	for _, c := range []struct{ about, before, after, wantBefore, wantAfter string }{
		{"as it is written", written, written, written, written},
		{"a long line of one key", long, long, long, long},
		{"a single line", `{"a":1}`, `{"a":2}`, "{\n  \"a\": 1\n}", "{\n  \"a\": 2\n}"},
		{"one version is crowded", written, crowded, "{\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\"\n    }\n  ]\n}",
			"{\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Condition\": {\n        \"StringEquals\": {\n          " + key + "a\"\n        }\n      }\n    }\n  ]\n}"},
		{"the order stays", `{"b":1,"a":1}`, `{"b":1,"a":1}`, "{\n  \"b\": 1,\n  \"a\": 1\n}", "{\n  \"b\": 1,\n  \"a\": 1\n}"},
		{"no JSON", "{", "{", "{", "{"},
		{"nothing before", "", written, "", written},
	} {
		before, after := readablePair(c.before, c.after)
		if before != c.wantBefore+"\n" || after != c.wantAfter+"\n" {
			t.Errorf("%s:\n%s\n%s", c.about, before, after)
		}
	}
}

// TestAsYAML holds that an object is shown whatever it holds.
func TestAsYAML(t *testing.T) {
	for text, want := range map[string]string{
		"web": "a: web\n", "on": "a: \"on\"\n", "x\u009by": "a: \"x\\u009by\"\n", "\x7f": "a: \"\\x7f\"\n", "a\u0085b": "a: ",
	} {
		if got := asYAML(map[string]string{"a": text}); !strings.HasPrefix(got, want) {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
