package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
)

// JSON returns a value as an indented JSON document. Characters that could do something to a terminal are
// written as escapes, which mean the same to every reader of JSON.
func JSON(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "    ")
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("JSON: %w", err)
	}
	return document.EscapeJSON(out.Bytes()), nil
}

// YAML returns a value as a YAML document with its fields in the order of the JSON form. Every text in it reads back as itself, and
// characters that could do something to a terminal are escapes.
func YAML(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("YAML: %w", err)
	}
	return document.YAML(text)
}

// Plain returns a value as maps, lists and scalars for a template, its texts escaped: what a template
// prints goes to a terminal as it is.
func Plain(value any) (map[string]any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	var out map[string]any
	if err := decoder.Decode(&out); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return escapeAll(out).(map[string]any), nil
}

func escapeAll(value any) any {
	switch v := value.(type) {
	case string:
		return escapeLines(v)
	case []any:
		for i := range v {
			v[i] = escapeAll(v[i])
		}
	case map[string]any:
		for key, item := range v {
			clean := escapeLines(key)
			if clean != key {
				delete(v, key)
			}
			v[clean] = escapeAll(item)
		}
	}
	return value
}

// escapeLines escapes a text but for its line ends, which templates may need.
func escapeLines(text string) string {
	if !strings.Contains(text, "\n") {
		return Escape(text, false)
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Escape(line, false)
	}
	return strings.Join(lines, "\n")
}
