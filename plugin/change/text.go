package change

import (
	"bytes"
	"encoding/json"
	"strings"

	"sigs.k8s.io/yaml"
)

// singleLine returns a JSON text without the white space between its parts, everything else as it is; a
// text that is no JSON is returned unchanged.
func singleLine(document string) string {
	var out bytes.Buffer
	if json.Compact(&out, []byte(document)) != nil {
		return document
	}
	return out.String()
}

// fields are names and values, a line each.
func fields(pairs ...string) string {
	var out strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		out.WriteString(pairs[i] + ": " + pairs[i+1] + "\n")
	}
	return out.String()
}

func clientIDs(ids []string) string {
	out := "ClientIDList:\n"
	for _, value := range ids {
		out += "- " + value + "\n"
	}
	return out
}

// readable is a policy over several lines: as it is written if it is so, else indented. What is written is the
// document itself.
func readable(document string) string {
	trimmed := strings.TrimSpace(document)
	if !strings.Contains(trimmed, "\n") {
		var value json.RawMessage
		if json.Unmarshal([]byte(trimmed), &value) == nil {
			if set, err := json.MarshalIndent(value, "", "  "); err == nil {
				trimmed = string(set)
			}
		}
	}
	return trimmed + "\n"
}

// asYAML is an object as text, empty where it has none.
func asYAML(object any) string {
	text, err := yaml.Marshal(object)
	if err != nil {
		return ""
	}
	return string(text)
}
