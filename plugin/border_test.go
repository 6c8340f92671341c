package plugin_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/kubectl-irsa/kubectl-irsa/plugin/"

// order are the rooms from the innermost outwards: a room imports rooms before it only.
var order = []string{
	"document", "fact", "scrub", "partition", "trust", "near", "sdk", "workload", "inject", "snapshot", "anonymize", "manifest", "subject", "change", "check", "judge",
	"bind", "render", "bind/export", "demo",
	"neterr", "tally", "settle", "wait", "kube", "aws", "collect", "bind/apply",
}

// outside are the rooms that do I/O. All others are pure, also those that do not exist yet.
var outside = []string{"kube", "aws", "collect", "bind/apply"}

// forTests are the folders that serve tests only; nothing else may import them.
var forTests = []string{"testbed", "render/schema"}

// impure are the packages of the standard library that do I/O, or whose answer depends on when and where it is asked.
var impure = []string{
	"context", "crypto/rand", "io/ioutil", "log", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec", "os/signal", "os/user",
	"syscall", "testing", "time/tzdata",
}

// plain are the modules, or parts of them, that do no I/O: what a pure room may import beyond the standard library.
var plain = []string{
	"k8s.io/api/", "k8s.io/apimachinery/", "sigs.k8s.io/yaml", "sigs.k8s.io/json", "go.yaml.in/yaml/v3",
	"al.essio.dev/pkg/shellescape", "github.com/aymanbagabas/go-udiff",
	"github.com/charmbracelet/", "github.com/muesli/termenv", "github.com/hashicorp/hcl/v2", "github.com/zclconf/go-cty",
}

// valuesOnly are rooms that name the errors of packages that do I/O, or values of contexts, and call nothing there that does I/O.
var valuesOnly = map[string][]string{"neterr": {"context", "net"}, "tally": {"context"}, "wait": {"context"}}

// TestOrder holds that every room has its place in the order, and that no import runs back.
func TestOrder(t *testing.T) {
	for _, room := range rooms(t) {
		at := slices.Index(order, room)
		if at < 0 {
			t.Errorf("plugin/%s has no place in the order of the rooms: give it one here", room)
			continue
		}
		for file, imports := range importsOf(t, room) {
			for _, path := range imports {
				if inner, ours := strings.CutPrefix(path, module); ours && !slices.Contains(order[:at], inner) {
					t.Errorf("%s imports plugin/%s, which does not come before plugin/%s", file, inner, room)
				}
			}
		}
	}
}

// TestPure holds that every room but those named does no I/O, and asks for no clock.
func TestPure(t *testing.T) {
	for _, room := range rooms(t) {
		if slices.Contains(outside, room) {
			continue
		}
		for file, imports := range importsOf(t, room) {
			for _, path := range imports {
				if why := impurity(room, path); why != "" {
					t.Errorf("%s imports %s: %s", file, path, why)
				}
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, clock := range []string{"time.Now(", "time.Since(", "time.Until(", "time.After(", "time.Sleep("} {
				if strings.Contains(string(data), clock) {
					t.Errorf("%s looks at the clock: %s", file, clock)
				}
			}
		}
	}
}

// impurity says why a pure room may not import a path; empty if it may.
func impurity(room, path string) string {
	if inner, ours := strings.CutPrefix(path, module); ours {
		if slices.Contains(outside, inner) {
			return "that room does I/O"
		}
		return ""
	}
	first, _, _ := strings.Cut(path, "/")
	switch {
	case !strings.Contains(first, "."):
		if slices.Contains(impure, path) && !slices.Contains(valuesOnly[room], path) {
			return "it does I/O, or its answer depends on when and where it is asked"
		}
	case room == "trust":
		return "others import this room for itself: it needs the standard library only"
	case !slices.ContainsFunc(plain, func(prefix string) bool { return strings.HasPrefix(path, prefix) }):
		return "it is not known to do no I/O"
	}
	return ""
}

// rooms are the folders with Go files that are not for tests.
func rooms(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(forTests, filepath.ToSlash(path)):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			found = append(found, filepath.ToSlash(filepath.Dir(path)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	if found = slices.Compact(found); len(found) < 15 {
		t.Fatalf("only %v were found", found)
	}
	return found
}

// importsOf are the imports of a room's files without its tests, by file.
func importsOf(t *testing.T, room string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(room + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		found[file] = nil
		for _, spec := range parsed.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			found[file] = append(found[file], path)
		}
	}
	return found
}
