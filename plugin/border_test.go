package plugin_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// pure are the packages that do no I/O: what they may import beyond the standard library.
var pure = map[string][]string{
	"trust":    {},
	"sdk":      {},
	"inject":   {"k8s.io/api/", "k8s.io/apimachinery/"},
	"snapshot": {"k8s.io/api/", "k8s.io/apimachinery/", "sigs.k8s.io/yaml", "sigs.k8s.io/json"},
	"change":   {"k8s.io/api/", "k8s.io/apimachinery/", "al.essio.dev/pkg/shellescape"},
	"check":    {"k8s.io/api/", "k8s.io/apimachinery/"},
	"bind":     {"k8s.io/api/", "k8s.io/apimachinery/", "sigs.k8s.io/yaml", "al.essio.dev/pkg/shellescape", "github.com/aymanbagabas/go-udiff"},
}

// layers are the packages from the innermost outwards: imports point inwards only.
var layers = []string{"trust", "sdk", "inject", "snapshot", "change", "check", "bind"}

const module = "github.com/kubectl-irsa/kubectl-irsa/plugin/"

// TestBorder holds the border between pure code and I/O.
func TestBorder(t *testing.T) {
	for i, name := range layers {
		files, err := filepath.Glob(name + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("package %s: no files, %v", name, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range parsed.Imports {
				path, _ := strconv.Unquote(spec.Path.Value)
				if why := outside(path, pure[name], layers[:i]); why != "" {
					t.Errorf("%s imports %s: %s", file, path, why)
				}
			}
		}
	}
}

// outside says why a pure package may not import a path; empty if it may.
func outside(path string, allowed, inner []string) string {
	if ours, ok := strings.CutPrefix(path, module); ok {
		for _, name := range inner {
			if ours == name {
				return ""
			}
		}
		return "imports point inwards only"
	}
	if root, _, _ := strings.Cut(path, "/"); !strings.Contains(root, ".") {
		switch path {
		case "os", "os/exec", "os/signal", "os/user", "net", "net/http", "context", "syscall", "io/ioutil", "math/rand", "math/rand/v2", "crypto/rand":
			return "it does I/O, or its answer depends on when and where it is asked"
		}
		return ""
	}
	for _, prefix := range allowed {
		if strings.HasPrefix(path, prefix) {
			return ""
		}
	}
	return "it is not one of the plain packages of this layer"
}

// TestNoClock holds that no pure package asks for the time.
func TestNoClock(t *testing.T) {
	for name := range pure {
		files, _ := filepath.Glob(name + "/*.go")
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			if uses(t, file, "time.Now") || uses(t, file, "time.Since") || uses(t, file, "time.Until") {
				t.Errorf("%s looks at the clock", file)
			}
		}
	}
}

func uses(t *testing.T, file, what string) bool {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(data), what+"(")
}
