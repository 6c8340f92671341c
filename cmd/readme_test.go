package cmd_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/cmd"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
)

var updateReadme = flag.Bool("update-readme", false, "rewrite the generated parts of README.md, and its picture")

// generated are the parts of the README that the program itself writes: between <!-- NAME --> and <!-- end -->.
var generated = regexp.MustCompile(`(?s)<!-- command:[a-z]+ -->\n(.*?)<!-- end -->\n`)

// TestReadme holds that what the README shows is what the program prints.
func TestReadme(t *testing.T) {
	const file = "../README.md"
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := generated.ReplaceAllFunc(have, func(part []byte) []byte {
		body := generated.FindSubmatch(part)[1]
		return bytes.Replace(part, body, []byte(console(t, string(body))), 1)
	})
	if *updateReadme {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(have, want) {
		t.Errorf("README.md is stale: go test ./cmd -run TestReadme -update-readme")
	}
}

// console runs the command of a block and returns the block with what it prints, as a terminal shows it.
func console(t *testing.T, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, "$ ")
	line, _, _ := strings.Cut(rest, "\n")
	if !ok {
		t.Fatalf("no command in %q", body)
	}
	return "```console\n$ " + line + "\n" + printedBy(t, strings.TrimPrefix(line, "kubectl irsa ")) + "```\n"
}

// printedBy is what the program prints.
func printedBy(t *testing.T, args string) string {
	t.Helper()
	t.Setenv("LC_ALL", "C.UTF-8")
	var screen bytes.Buffer
	if code := cmd.Main(strings.NewReader(""), &screen, &screen, strings.Fields(args)); code == 1 {
		t.Errorf("%s: %s", args, screen.String())
	}
	return screen.String()
}

var link = regexp.MustCompile(`\]\(([^)#:]*)(?:#([^)]*))?\)`)

// TestLinks holds that what the documents link to is there: a file, and in docs/codes.md a code.
func TestLinks(t *testing.T) {
	files, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "../README.md", "../CONTRIBUTING.md", "../SECURITY.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if target := filepath.Join(filepath.Dir(file), m[1]); m[1] != "" {
				if _, err := os.Stat(target); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
			if code, ok := strings.CutPrefix(m[2], "irsa"); ok && !slices.ContainsFunc(check.All(), func(c check.Check) bool { return string(c.Code) == "IRSA"+code }) {
				t.Errorf("%s links to the code IRSA%s, which does not exist", file, code)
			}
		}
	}
}
