package render_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

// FuzzDocuments: JSON and YAML read back as what was written, as a value and as a key, by every parser that people use; none has
// anything that a terminal would act on.
func FuzzDocuments(f *testing.F) {
	for _, text := range awkward {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "\ufffd")
		want := map[string]any{"text": text, "list": []any{text, "x"}, "map": map[string]any{text: "value"}, "deep": []any{map[string]any{"text": text}}}
		asJSON, err := render.JSON(want)
		if err != nil {
			t.Fatal(err)
		}
		asYAML, err := render.YAML(want)
		if err != nil {
			t.Fatal(err)
		}
		harmless(t, asJSON)
		harmless(t, asYAML)
		for name, read := range map[string]func(*map[string]any) error{
			"JSON":                  func(to *map[string]any) error { return json.Unmarshal(asJSON, to) },
			"YAML as Kubernetes":    func(to *map[string]any) error { return yaml.UnmarshalStrict(asYAML, to) },
			"YAML as others":        func(to *map[string]any) error { return yamlv3.Unmarshal(asYAML, to) },
			"YAML after its reader": func(to *map[string]any) error { return through(asYAML, to) },
		} {
			var got map[string]any
			if err := read(&got); err != nil {
				t.Errorf("%s of %q: %v\n%s", name, text, err, asYAML)
			} else if !reflect.DeepEqual(got, want) {
				t.Errorf("%s of %q reads back as %q\n%s", name, text, got, asYAML)
			}
		}
	})
}

// through reads YAML as JSON, as kubectl does.
func through(text []byte, to *map[string]any) error {
	text, err := yaml.YAMLToJSON(text)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}
