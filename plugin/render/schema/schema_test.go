package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/cmd"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind/export"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render/schema"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render/schema/conform"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

var update = flag.Bool("update", false, "rewrite the schema")

// kinds are the documents that the schema describes.
var kinds = []any{judge.Report{}, render.ReportList{}, render.Identity{}, render.IdentityList{}, render.Code{}, render.CodeList{}, export.Plan{}, cmd.Version{}}

// TestSchema holds that the published schema is what the types make.
func TestSchema(t *testing.T) {
	want, err := json.MarshalIndent(generated(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("irsa.v1alpha1.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(schema.JSON, want) {
		t.Error("irsa.v1alpha1.json is stale: go test ./plugin/render/schema -update")
	}
}

func generated(t *testing.T) map[string]any {
	g := &generator{
		definitions: map[string]any{},
		names:       map[reflect.Type]string{reflect.TypeFor[judge.Identity](): "ContainerIdentity"},
		types:       map[string]reflect.Type{},
		sources:     map[string]*source{},
	}
	var documents []any
	for _, kind := range kinds {
		reference := g.schemaOf(t, reflect.TypeOf(kind))
		documents = append(documents, reference)
		name := reflect.TypeOf(kind).Name()
		head(g.definitions[name].(map[string]any)["properties"].(map[string]any), name)
	}
	s := map[string]any{}
	head(s, snapshot.Kind)
	g.definitions[snapshot.Kind] = map[string]any{
		"type": "object", "title": snapshot.Kind,
		"description": "What was seen in Kubernetes and AWS, which --snapshot answers from. Objects are as their own APIs print them.",
		"properties":  s, "required": []string{"apiVersion", "kind"}, "additionalProperties": true,
	}
	documents = append(documents, map[string]any{"$ref": "#/$defs/" + snapshot.Kind})
	return map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"$id":         "https://raw.githubusercontent.com/kubectl-irsa/kubectl-irsa/main/plugin/render/schema/irsa.v1alpha1.json",
		"title":       snapshot.APIVersion,
		"description": "What kubectl irsa prints with -o json and -o yaml. Fields may be added within a version; programs pass over those that they do not know.",
		"oneOf":       documents,
		"$defs":       g.definitions,
	}
}

// head fixes the fields that say what a document is.
func head(properties map[string]any, kind string) {
	properties["apiVersion"] = map[string]any{"const": snapshot.APIVersion}
	properties["kind"] = map[string]any{"const": kind}
}

// TestCases holds the documents of all snapshots to the schema, in every form that programs may ask for.
func TestCases(t *testing.T) {
	v := published(t)
	for _, file := range cases.Files(t, "../../../testdata/cases", ".yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, _, err := snapshot.Read(data)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		reports := judge.DiagnoseAll(s, "", labels.Everything(), judge.Options{Options: subject.Options{ExpectRole: "arn:aws:iam::111122223333:role/web"}})
		if len(reports) == 0 {
			t.Errorf("%s: no reports", file)
			continue
		}
		written, err := s.JSON()
		if err != nil {
			t.Fatal(err)
		}
		conforms(t, v, file, written)
		for _, value := range []any{render.Reports(reports, true), render.Report(reports[0], false), render.Identities(reports), render.IdentityOf(reports[0])} {
			document, err := render.JSON(value)
			if err != nil {
				t.Fatal(err)
			}
			conforms(t, v, file, document)
		}
	}
}

func TestCodes(t *testing.T) {
	v := published(t)
	for _, value := range []any{render.CodesOf(check.All()), render.CodeOf(check.All()[0])} {
		document, err := render.JSON(value)
		if err != nil {
			t.Fatal(err)
		}
		conforms(t, v, "codes", document)
	}
}

func conforms(t *testing.T, v *conform.Validator, name string, document []byte) {
	t.Helper()
	if err := v.Kind(document); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if err := v.Document(document); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

func published(t *testing.T) *conform.Validator {
	t.Helper()
	v, err := conform.Published()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestRefused holds that the validator of the tests can say no.
func TestRefused(t *testing.T) {
	report := render.Report(&judge.Report{Target: workload.Target{Kind: "Pod", Name: "web-0"}, Verdict: judge.Works}, false)
	good, err := render.JSON(report)
	if err != nil {
		t.Fatal(err)
	}
	v := published(t)
	conforms(t, v, "a report", good)
	for name, bad := range map[string]string{
		"an unknown verdict":    strings.Replace(string(good), `"works"`, `"perhaps"`, 1),
		"an unknown field":      strings.Replace(string(good), `"verdict"`, `"more": 1, "verdict"`, 1),
		"a missing field":       strings.Replace(string(good), `"findings": [],`, ``, 1),
		"null instead of none":  strings.Replace(string(good), `"findings": []`, `"findings": null`, 1),
		"another version":       strings.Replace(string(good), snapshot.APIVersion, "irsa/v9", 1),
		"a kind of another one": strings.Replace(string(good), `"kind": "Report"`, `"kind": "ReportList"`, 1),
		"no document":           "[]",
		"half a document":       string(good[:len(good)/2]),
	} {
		if bad == string(good) {
			t.Errorf("%s: nothing was changed", name)
		}
		if v.Kind([]byte(bad)) == nil || v.Document([]byte(bad)) == nil {
			t.Errorf("%s is not refused", name)
		}
	}
}
