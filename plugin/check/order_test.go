package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Groups are the codes of the groups, for the tests that judge: those are outside of this package.
func Groups() [][]Code {
	var groups [][]Code
	for _, g := range order {
		groups = append(groups, g.codes)
	}
	return groups
}

// TestGroups holds that a group has the codes of checks, and that a code is in one group at most.
func TestGroups(t *testing.T) {
	in := map[Code]string{}
	for _, g := range order {
		for _, code := range g.codes {
			if _, ok := ByCode(code); !ok {
				t.Errorf("%s: %s is no check", g.about, code)
			}
			if other, twice := in[code]; twice {
				t.Errorf("%s is in the group %q and in %q", code, other, g.about)
			}
			in[code] = g.about
		}
	}
}

// TestCauseTables holds that every cause has a code, and that the code is in a group that is about the cause.
func TestCauseTables(t *testing.T) {
	holdTable(t, "../subject", "UnboundCause", "", unboundCodes, unboundOrder)
	holdTable(t, "../subject", "NotInjectedCause", "", notInjectedCodes, notInjectedOrder)
	holdTable(t, "../subject", "IssuerCause", "IssuerUsable", issuerCodes, issuerOrder)
	holdTable(t, "../subject", "Moot", "NotMoot", mootCodes, issuerOrder, podIdentityOrder)
	holdTable(t, "../trust", "Cause", "NoCause", trustCodes, trustOrder, podIdentityOrder)
}

// holdTable holds a table of causes to the constants of their type, of which none means that there is no cause.
func holdTable[C ~int | ~uint8](t *testing.T, folder, typeName, none string, table map[C]Code, groups ...group) {
	t.Helper()
	names := constants(t, folder, typeName)
	want := len(names)
	for value, name := range names {
		code, has := table[C(value)]
		switch {
		case name == none:
			want--
			if has {
				t.Errorf("%s is no cause, and has the code %s", name, code)
			}
		case !has:
			t.Errorf("%s has no code", name)
		case !slices.ContainsFunc(groups, func(g group) bool { return slices.Contains(g.codes, code) }):
			t.Errorf("%s has the code %s, which is in no group that is about it", name, code)
		}
	}
	if len(table) != want {
		t.Errorf("the table of %s has %d causes, want %d", typeName, len(table), want)
	}
}

// constants are the names of a type's constants in the source of a package: the index of each is its value.
func constants(t *testing.T, folder, typeName string) []string {
	t.Helper()
	paths, err := filepath.Glob(folder + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			block, ok := declaration.(*ast.GenDecl)
			if !ok || block.Tok != token.CONST {
				continue
			}
			for i, spec := range block.Specs {
				constant := spec.(*ast.ValueSpec)
				if isIdent(constant.Type, typeName) {
					if i > 0 || names != nil || len(constant.Values) != 1 || !isIdent(constant.Values[0], "iota") {
						t.Fatalf("%s: the constants of %s are not one list from iota", path, typeName)
					}
					names = counted(t, block)
				}
			}
		}
	}
	if len(names) == 0 {
		t.Fatalf("%s has no constants of type %s", folder, typeName)
	}
	return names
}

// counted are the names of a list of constants that counts from its first line on.
func counted(t *testing.T, block *ast.GenDecl) []string {
	t.Helper()
	var names []string
	for i, spec := range block.Specs {
		constant := spec.(*ast.ValueSpec)
		if len(constant.Names) != 1 || i > 0 && (constant.Type != nil || constant.Values != nil) {
			t.Fatalf("%s does not just count on", constant.Names[0].Name)
		}
		names = append(names, constant.Names[0].Name)
	}
	return names
}

func isIdent(e ast.Expr, name string) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == name
}
