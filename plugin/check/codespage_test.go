package check_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
)

const codesPage = "../../docs/codes.md"

var update = flag.Bool("update", false, "write docs/codes.md")

// TestCodesPage holds that docs/codes.md, which is generated from the checks, is current.
func TestCodesPage(t *testing.T) {
	page := codesMarkdown(check.All())
	if *update {
		write(t, codesPage, page)
	}
	current, err := os.ReadFile(codesPage)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if string(current) != page {
		t.Error("docs/codes.md is not current: run `go test ./plugin/check -run TestCodesPage -update`")
	}
}

// TestMarkdown holds what the page makes of a text: paragraphs, code blocks without their indentation, and no markup by accident.
func TestMarkdown(t *testing.T) {
	const text = "Wrapped\nlines, <b> and *.\n\n    $ one\n\n      two\nAfter."
	const want = "Wrapped\nlines, \\<b> and \\*.\n\n```\n$ one\n\n  two\n```\n\nAfter.\n"
	if got := markdown(text); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func codesMarkdown(checks []check.Check) string {
	var page strings.Builder
	page.WriteString(`# Codes

<!-- Generated from plugin/check by its TestCodesPage. Do not edit. -->

A finding has a code. ` + "`kubectl irsa explain IRSA402`" + ` prints the text below, ` + "`kubectl irsa explain --codes`" + ` the table.

- **breaks**: the container does not get the intended credentials.
- **risk**: the credentials work, but more is allowed than necessary.
- **note**: for information, it does not decide the verdict.

| Code | Class | Link | Finding |
| --- | --- | --- | --- |
`)
	for _, c := range checks {
		fmt.Fprintf(&page, "| [%s](#%s) | %s | %s | %s |\n", c.Code, strings.ToLower(string(c.Code)), c.Class, c.Link, inline(c.Title))
	}
	for _, c := range checks {
		fmt.Fprintf(&page, "\n## %s\n\n**%s**\n\nClass: %s. Link of the chain: %s.\n", c.Code, inline(c.Title), c.Class, c.Link)
		for _, part := range []struct{ heading, text string }{{"Meaning", c.Doc.Means}, {"Example", c.Doc.Example}, {"Fix", c.Doc.Fix}, {"Verify", c.Doc.Verify}} {
			fmt.Fprintf(&page, "\n### %s\n\n%s", part.heading, markdown(part.text))
		}
	}
	return page.String()
}

// markdown is a text of [check.Doc]: indented lines are code, the others are paragraphs.
func markdown(text string) string {
	var out strings.Builder
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	indented := func(line string) bool { return strings.HasPrefix(line, "    ") }
	code := false
	for i, line := range lines {
		switch {
		case indented(line) && !code:
			if i > 0 && lines[i-1] != "" {
				out.WriteString("\n")
			}
			out.WriteString("```\n")
			code = true
		case code && line == "" && i+1 < len(lines) && !indented(lines[i+1]):
			out.WriteString("```\n")
			code = false
		case code && line != "" && !indented(line):
			out.WriteString("```\n\n")
			code = false
		}
		if !code {
			line = inline(line)
		}
		out.WriteString(strings.TrimPrefix(line, "    ") + "\n")
	}
	if code {
		out.WriteString("```\n")
	}
	return out.String()
}

// inline is prose in Markdown.
func inline(text string) string {
	return strings.NewReplacer("<", `\<`, "*", `\*`, "|", `\|`).Replace(text)
}
