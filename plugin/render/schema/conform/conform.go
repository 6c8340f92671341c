// Package conform validates documents in tests: against the published schema of the project, strictly, and against the
// schemas of other people's formats.
package conform

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/render/schema"
)

// A Validator holds documents to a schema. Tests may share one.
type Validator struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	url      string
}

// New returns a validator of a schema, formats (URIs, times) included.
func New(schema []byte) (*Validator, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return validator(document)
}

func validator(document any) (*Validator, error) {
	v := &Validator{compiler: jsonschema.NewCompiler(), url: "schema.json"}
	v.compiler.AssertFormat()
	if err := v.compiler.AddResource(v.url, document); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return v, nil
}

// Published returns a validator of the project's own schema that, other than the schema, refuses unknown fields.
func Published() (*Validator, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.JSON))
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	root, ok := document.(map[string]any)
	definitions, isMap := root["$defs"].(map[string]any)
	if !ok || !isMap {
		return nil, fmt.Errorf("schema: no $defs")
	}
	for _, definition := range definitions {
		closed(definition)
	}
	return validator(document)
}

// closed refuses fields that a definition does not name, unless it says that there may be others.
func closed(definition any) {
	d, ok := definition.(map[string]any)
	if _, said := d["additionalProperties"]; ok && !said && d["properties"] != nil {
		d["additionalProperties"] = false
	}
}

// Document validates a JSON document against the whole schema.
func (v *Validator) Document(document []byte) error { return v.validate(document, "") }

// Kind validates a JSON document against the definition that is named after its kind, which tells better than the
// whole what is wrong.
func (v *Validator) Kind(document []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	object, _ := value.(map[string]any)
	kind, ok := object["kind"].(string)
	if !ok {
		return fmt.Errorf("the document has no kind")
	}
	return v.validate(document, "#/$defs/"+kind)
}

func (v *Validator) validate(document []byte, fragment string) error {
	v.mu.Lock()
	compiled, err := v.compiler.Compile(v.url + fragment) // once; afterwards it is looked up
	v.mu.Unlock()
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	return compiled.Validate(value)
}
