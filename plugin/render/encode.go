package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
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
	return escapeInQuotes(out.Bytes(), func(r rune) string {
		text := ""
		for _, unit := range utf16.Encode([]rune{r}) {
			text += `\u` + hex(rune(unit), 4)
		}
		return text
	}), nil
}

// YAML returns a value as a YAML document with its fields in the order of the JSON form. A text that holds
// characters which could do something to a terminal is quoted, with those characters as escapes.
func YAML(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("YAML: %w", err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(escapeInQuotes(text, yamlEscape), &document); err != nil {
		return nil, fmt.Errorf("YAML: %w", err)
	}
	block(&document)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return nil, fmt.Errorf("YAML: %w", err)
	}
	return escapeInQuotes(out.Bytes(), yamlEscape), nil
}

func yamlEscape(r rune) string { return `\U` + hex(r, 8) }

// old are texts that are no text to a reader of YAML 1.1: booleans (https://yaml.org/type/bool.html) and numbers to the base of 60
// (https://yaml.org/type/int.html).
var old = regexp.MustCompile(`^(?:[yY]|[yY]es|YES|[nN]|[nN]o|NO|[oO]n|ON|[oO]ff|OFF|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)$`)

// block turns the style of JSON into the usual one of YAML. What must be escaped has to be in double
// quotes, the only place where YAML knows escapes.
func block(node *yaml.Node) {
	node.Style = 0
	if node.Kind == yaml.ScalarNode && node.Tag == "!!str" && (Escape(node.Value, false) != node.Value || old.MatchString(node.Value)) {
		node.Style = yaml.DoubleQuotedStyle
	}
	for _, child := range node.Content {
		block(child)
	}
}

// escapeInQuotes writes hostile characters as escapes. In a document that an encoder has just written they
// are only within double quotes; the line ends of the document itself stay.
func escapeInQuotes(document []byte, written func(rune) string) []byte {
	var out []byte
	done := 0 // up to where out holds the document
	for i := 0; i < len(document); {
		if document[i] < 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRune(document[i:])
		if hostile(r, size) {
			out = append(append(out, document[done:i]...), written(r)...)
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return document
	}
	return append(out, document[done:]...)
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
