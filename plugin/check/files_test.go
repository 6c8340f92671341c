package check_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	fileOfCheck = regexp.MustCompile(`^irsa[0-9]{3}\.go$`)
	code        = regexp.MustCompile(`^"IRSA[0-9]{3}"$`)
)

// TestOneCheckOneFile holds that what the file of a check declares is used in that file alone, so that whatever several
// checks share is found by its name; and that a code is written out where it is declared, and nowhere else.
func TestOneCheckOneFile(t *testing.T) {
	paths, err := filepath.Glob("*.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files: %v", err)
	}
	declaredIn := map[string]string{}
	usedIn := map[string][]string{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if fileOfCheck.MatchString(path) {
			own := strings.TrimSuffix(path, ".go")
			if file.Scope.Lookup(own) == nil {
				t.Errorf("%s does not declare %s", path, own)
			}
			for name := range file.Scope.Objects {
				if name != own {
					declaredIn[name] = path
				}
			}
		}
		for _, name := range file.Unresolved {
			usedIn[name.Name] = append(usedIn[name.Name], path)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && path != "code.go" && code.MatchString(literal.Value) {
				t.Errorf("%s writes %s out: it is a constant", path, literal.Value)
			}
			return true
		})
	}
	for name, path := range declaredIn {
		if users := usedIn[name]; len(users) > 0 {
			t.Errorf("%s of %s is used in %v: move it to a file that is named after it", name, path, users)
		}
	}
}
