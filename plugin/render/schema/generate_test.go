package schema_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
)

// A generator makes definitions of Go types as encoding/json writes them.
type generator struct {
	definitions map[string]any
	names       map[reflect.Type]string // of types whose own name is taken
	types       map[string]reflect.Type // by the name of their definition
	sources     map[string]*source      // by the path of the package
}

// A source is what reflection does not tell of a package: its comments and constants.
type source struct {
	comments  map[string]string // by Type, or Type.Field
	constants map[string][]any  // by the type's name, in their order
}

const module = "github.com/kubectl-irsa/kubectl-irsa/"

// schemaOf returns the schema of a type. Types with a name become definitions.
func (g *generator) schemaOf(t *testing.T, typ reflect.Type) map[string]any {
	t.Helper()
	switch typ.Kind() {
	case reflect.Pointer:
		return g.schemaOf(t, typ.Elem())
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.String:
		if typ.PkgPath() == "" || typ == reflect.TypeFor[check.Code]() { // there are more codes with every version
			return map[string]any{"type": "string"}
		}
		return g.reference(t, typ, g.enumeration)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": g.schemaOf(t, typ.Elem())}
	case reflect.Map:
		schema := map[string]any{"type": "object", "additionalProperties": g.schemaOf(t, typ.Elem())}
		if typ.Key().PkgPath() != "" {
			schema["propertyNames"] = g.schemaOf(t, typ.Key())
		}
		return schema
	case reflect.Struct:
		return g.reference(t, typ, g.object)
	default:
		t.Fatalf("%v: its kind has no schema yet", typ)
		return nil
	}
}

func (g *generator) reference(t *testing.T, typ reflect.Type, define func(*testing.T, reflect.Type) map[string]any) map[string]any {
	t.Helper()
	name := typ.Name()
	if other := g.names[typ]; other != "" {
		name = other
	}
	if _, ok := g.definitions[name]; !ok {
		g.definitions[name] = nil // while it is made, it may refer to itself
		definition := define(t, typ)
		describe(definition, g.source(t, typ).comments[typ.Name()])
		definition["title"] = name
		g.definitions[name] = definition
	}
	if made := g.types[name]; made != nil && made != typ {
		t.Fatalf("%v and %v are both named %s", made, typ, name)
	}
	g.types[name] = typ
	return map[string]any{"$ref": "#/$defs/" + name}
}

func (g *generator) enumeration(t *testing.T, typ reflect.Type) map[string]any {
	t.Helper()
	values := g.source(t, typ).constants[typ.Name()]
	if len(values) == 0 {
		t.Fatalf("%v has no constants", typ)
	}
	return map[string]any{"type": "string", "enum": values}
}

func (g *generator) object(t *testing.T, typ reflect.Type) map[string]any {
	t.Helper()
	properties, required := map[string]any{}, []string{}
	for i := range typ.NumField() {
		field := typ.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || !field.IsExported() {
			continue
		}
		if name == "" || field.Anonymous {
			t.Fatalf("%v.%s has no name in JSON", typ, field.Name)
		}
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
		property := g.schemaOf(t, field.Type)
		describe(property, g.source(t, typ).comments[typ.Name()+"."+field.Name])
		properties[name] = property
	}
	return map[string]any{"type": "object", "properties": properties, "required": required}
}

func describe(schema map[string]any, comment string) {
	if text := strings.Join(strings.Fields(comment), " "); text != "" {
		schema["description"] = text
	}
}

// source reads the package of a type.
func (g *generator) source(t *testing.T, typ reflect.Type) *source {
	t.Helper()
	if s := g.sources[typ.PkgPath()]; s != nil {
		return s
	}
	dir := filepath.Join("../../..", strings.TrimPrefix(typ.PkgPath(), module))
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no source, %v", dir, err)
	}
	s := &source{comments: map[string]string{}, constants: map[string][]any{}}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			if d, ok := declaration.(*ast.GenDecl); ok {
				s.add(d)
			}
		}
	}
	g.sources[typ.PkgPath()] = s
	return s
}

func (s *source) add(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			typ, ok := spec.Type.(*ast.Ident)
			if !ok || d.Tok != token.CONST {
				continue
			}
			for _, value := range spec.Values {
				if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					text, _ := strconv.Unquote(literal.Value) // the parser has taken it
					s.constants[typ.Name] = append(s.constants[typ.Name], text)
				}
			}
		case *ast.TypeSpec:
			s.comments[spec.Name.Name] = d.Doc.Text()
			if structure, ok := spec.Type.(*ast.StructType); ok {
				for _, field := range structure.Fields.List {
					for _, name := range field.Names {
						s.comments[fmt.Sprintf("%s.%s", spec.Name.Name, name.Name)] = field.Doc.Text() + field.Comment.Text()
					}
				}
			}
		}
	}
}
