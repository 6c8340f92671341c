package render_test

import (
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

func TestDiff(t *testing.T) {
	before := "{\n    \"Statement\": [\n        {\n            \"Effect\": \"Allow\",\n            \"" + issuer + ":sub\": \"a\"\n        }\n    ]\n}\n"
	after := strings.Replace(before, `"a"`, `"b"`, 1)
	for _, c := range []struct {
		about, before, after string
		style                render.Style
		want                 string
	}{
		{"the change with a line around it, without the shared indentation", before, after, render.Style{},
			"        \"Effect\": \"Allow\",\n  -     \"…:sub\": \"a\"\n  +     \"…:sub\": \"b\"\n    }\n"},
		{"in full with wide", before, after, render.Style{Wide: true}, "  -     \"" + issuer + ":sub\": \"a\"\n"},
		{"in ASCII", before, after, render.Style{ASCII: true}, "  -     \"...:sub\": \"a\"\n"},
		{"colours beside the signs", "a\n", "b\n", render.Style{Color: true}, "  \x1b[31m- a\x1b[0m\n  \x1b[32m+ b\x1b[0m\n"},
		{"a new text", "", "a: b\n", render.Style{}, "  + a: b\n"},
		{"no change", "a\n", "a\n", render.Style{}, ""},
		{"tabs and line ends of another system", "{\r\n\t\"a\": 1\r\n}\r\n", "{\r\n\t\"a\": 2\r\n}\r\n", render.Style{}, "    {\n  -   \"a\": 1\n  +   \"a\": 2\n    }\n"},
		{"two places", "a\n1\n2\n3\n4\nb\n", "A\n1\n2\n3\n4\nB\n", render.Style{}, "  - a\n  + A\n    1\n    …\n    4\n  - b\n  + B\n"},
		{"what a terminal would obey", "a\n", "a\x1b[2J\u202e\n", render.Style{}, "  + a\\x1b[2J\\u202e\n"},
	} {
		got := render.Diff(c.before, c.after, 2, "", c.style)
		if !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: got\n%s\nwant\n%s", c.about, got, c.want)
		}
	}
}
