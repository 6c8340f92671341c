package plugin_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A text is what a reader reads in one piece: a string of the program, a comment, or a document.
type text struct {
	file  string
	kind  textKind
	parts []textPart
}

type textKind string

const (
	literal  textKind = "string"
	comment  textKind = "comment"
	document textKind = "document"
)

// A textPart is a part of a text, with the line on which it begins.
type textPart struct {
	line int
	text string
}

func (t text) String() string {
	var all strings.Builder
	for _, p := range t.parts {
		all.WriteString(p.text)
	}
	return all.String()
}

// line is the line of the file at an offset of the text.
func (t text) line(offset int) int {
	for _, p := range t.parts {
		if offset < len(p.text) {
			return p.line + strings.Count(p.text[:offset], "\n")
		}
		offset -= len(p.text)
	}
	return 0
}

// textsOfModule are the texts of the module's Go files, documents and configuration, without those that serve tests only.
func textsOfModule(t *testing.T) []text {
	t.Helper()
	var texts []text
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if slices.Contains([]string{".git", ".cache", "bin", "dist", "plugin/testbed"}, name) || entry.Name() == "testdata" {
				return fs.SkipDir
			}
			return nil
		case strings.HasSuffix(name, "_test.go"):
			return nil
		}
		kind := filepath.Ext(name)
		configures := slices.Contains([]string{".yaml", ".yml", ".sh"}, kind) || slices.Contains([]string{"Makefile", ".ci/run"}, name)
		if kind != ".md" && kind != ".go" && !configures {
			return nil
		}
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		switch {
		case kind == ".md":
			texts = append(texts, textOfDocument(name, string(data)))
			return nil
		case configures:
			texts = append(texts, textOfConfiguration(name, string(data)))
			return nil
		}
		found, err := textsOfGo(name, data)
		texts = append(texts, found...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// directive is a comment that is for tools.
var directive = regexp.MustCompile(`^//([a-z]+:[a-z]|nolint)`)

// textsOfGo are the strings and the comments of a Go file. Strings that are concatenated are one text, in which "…" is what is
// not a string. Paths of imports and tags of fields are not texts.
func textsOfGo(name string, source []byte) ([]text, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var texts []text
	for _, group := range file.Comments {
		one := text{file: name, kind: comment}
		for _, c := range group.List {
			if !directive.MatchString(c.Text) {
				body := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(c.Text, "//"), "/*"), "*/")
				one.parts = append(one.parts, textPart{set.Position(c.Pos()).Line, body + "\n"})
			}
		}
		texts = append(texts, one)
	}
	var inspect func(ast.Node) bool
	// parts are the strings of an expression; what else is in it is inspected by itself.
	var parts func(ast.Expr) []textPart
	parts = func(e ast.Expr) []textPart {
		switch e := e.(type) {
		case *ast.BasicLit:
			if value, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
				return []textPart{{set.Position(e.Pos()).Line, value}}
			}
		case *ast.ParenExpr:
			return parts(e.X)
		case *ast.BinaryExpr:
			if e.Op == token.ADD {
				return append(parts(e.X), parts(e.Y)...)
			}
		}
		ast.Inspect(e, inspect)
		return []textPart{{set.Position(e.Pos()).Line, "…"}}
	}
	inspect = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			n.Tag = nil
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				texts = append(texts, text{file: name, kind: literal, parts: parts(n)})
			}
		case *ast.BinaryExpr:
			if n.Op == token.ADD {
				texts = append(texts, text{file: name, kind: literal, parts: parts(n)})
				return false
			}
		}
		return true
	}
	ast.Inspect(file, inspect)
	return texts, nil
}

// textOfConfiguration are the comments of a Makefile, a shell script or a YAML file.
func textOfConfiguration(name, data string) text {
	one := text{file: name, kind: comment}
	for i, line := range strings.SplitAfter(data, "\n") {
		_, words, _ := strings.Cut(line, "# ")
		one.parts = append(one.parts, textPart{i + 1, strings.TrimSuffix(words, "\n") + "\n"})
	}
	return one
}

// code is code in a sentence of a document.
var code = regexp.MustCompile("`[^`\n]+`")

// textOfDocument is a Markdown file, without the code in its sentences and the table of CONTRIBUTING.md that has the banned words.
func textOfDocument(name, data string) text {
	one := text{file: name, kind: document}
	table := false
	for i, line := range strings.SplitAfter(data, "\n") {
		table = strings.HasPrefix(line, wordsTable) || table && strings.HasPrefix(line, "|")
		if table {
			line = "\n"
		}
		one.parts = append(one.parts, textPart{i + 1, code.ReplaceAllString(line, "…")})
	}
	return one
}
