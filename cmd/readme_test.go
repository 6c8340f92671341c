package cmd_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/cmd"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
)

var updateReadme = flag.Bool("update-readme", false, "rewrite the generated parts of README.md")

// generated are the parts of the README that the program itself writes: between <!-- NAME --> and <!-- end -->.
var generated = regexp.MustCompile(`(?s)<!-- (command:[a-z]+|codes) -->\n(.*?)<!-- end -->\n`)

// TestReadme holds that what the README shows is what the program prints.
func TestReadme(t *testing.T) {
	const file = "../README.md"
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := generated.ReplaceAllFunc(have, func(part []byte) []byte {
		groups := generated.FindSubmatch(part)
		name, body := string(groups[1]), string(groups[2])
		if name == "codes" {
			body = codeTable()
		} else {
			body = console(t, body)
		}
		return []byte("<!-- " + name + " -->\n" + body + "<!-- end -->\n")
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

// console runs the command of a block and returns the block with what it prints.
func console(t *testing.T, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, "$ ")
	line, _, _ := strings.Cut(rest, "\n")
	if !ok {
		t.Fatalf("no command in %q", body)
	}
	args := strings.TrimPrefix(strings.TrimPrefix(line, "go run . "), "kubectl irsa ")
	t.Setenv("LC_ALL", "C.UTF-8")
	var out, errOut bytes.Buffer
	cmd.Main(strings.NewReader(""), &out, &errOut, strings.Fields(args))
	if errOut.Len() > 0 {
		t.Errorf("%s: %s", line, errOut.String())
	}
	return "```console\n$ " + line + "\n" + out.String() + "```\n"
}

func codeTable() string {
	var table strings.Builder
	table.WriteString("| code | class | finding |\n| --- | --- | --- |\n")
	for _, c := range check.All() {
		fmt.Fprintf(&table, "| %s | %s | %s |\n", c.Code, c.Class, c.Title)
	}
	return table.String()
}
