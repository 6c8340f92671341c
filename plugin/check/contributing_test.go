package check_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// printed finds what CONTRIBUTING.md has of a file: the block after a line that ends with the file's name.
var printed = regexp.MustCompile("(?m)`([a-zA-Z0-9_/.]+)`:\n\n```[a-z]+\n((?s:.*?))```$")

// TestContributing follows CONTRIBUTING.md: it adds the check that is printed there to the package, with its cases, and runs
// the tests of the two.
func TestContributing(t *testing.T) {
	text := read(t, "../../CONTRIBUTING.md")
	here, there := absolute(t, "."), t.TempDir()
	room, binary := filepath.Join(there, "plugin", "check"), filepath.Join(there, "check.test")
	write(t, filepath.Join(there, "testdata", "check", "irsa.yaml"), read(t, "../../testdata/check/irsa.yaml"))
	overlay := map[string]string{}
	for _, part := range printed.FindAllStringSubmatch(text, -1) {
		name, body := part[1], part[2]
		switch filepath.Base(name) {
		case "code.go":
			body = before(t, read(t, "code.go"), "\n\t// 2xx", body)
		case "all.go":
			body = before(t, read(t, "all.go"), "\t\tirsa201,", body)
		}
		write(t, filepath.Join(there, name), body)
		if filepath.Ext(name) == ".go" {
			overlay[filepath.Join(here, filepath.Base(name))] = filepath.Join(there, name)
		}
	}
	if len(overlay) != 3 {
		t.Fatalf("CONTRIBUTING.md prints parts of %v, want a check, code.go and all.go", overlay)
	}
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(there, "overlay.json"), string(list))
	run(t, here, "go", "test", "-c", "-overlay", filepath.Join(there, "overlay.json"), "-o", binary, ".")
	out := run(t, room, binary, "-test.v", "-test.run", "^(TestOneCheckOneFile|TestChecks)$/^(IRSA199)?$")
	if !strings.Contains(out, "--- PASS: TestChecks/IRSA199/") {
		t.Errorf("no case of the example ran:\n%s", out)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// before puts lines before a mark, unless somebody who tries the text out has put them there.
func before(t *testing.T, text, mark, lines string) string {
	t.Helper()
	if strings.Contains(text, lines) {
		return text
	}
	start, end, ok := strings.Cut(text, mark)
	if !ok {
		t.Fatalf("%q is not there", mark)
	}
	return start + lines + mark + end
}

func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = dir
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
