package change

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
)

// argument is a JSON text as a command has it: without the white space between its parts, and with every character beyond ASCII as
// an escape, which means the same to every reader of JSON. So the command can be printed whatever the document holds, and it holds
// what IAM accepts in a policy, which is no character beyond U+00FF
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). A text that is no JSON is returned unchanged.
func argument(document string) string {
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(document)) != nil {
		return document
	}
	var out strings.Builder
	for _, r := range compact.String() { // only texts in quotes hold such characters
		if r < 0x7f {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.String()
}

// jsonArgument is a value as JSON in a command; empty where it has no such form.
func jsonArgument(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return argument(string(text))
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

// longestLine is how long a line of a document may be, its indentation aside, to be shown as it is written.
const longestLine = 100

// readable is a policy over several lines. What is written is the document itself.
func readable(document string) string {
	_, text := readablePair("", document)
	return text
}

// readablePair are two versions of a policy over several lines: as they are written, if both are so and no line is long, else
// indented, so that their difference is a few short lines.
func readablePair(before, after string) (readableBefore, readableAfter string) {
	before, after = strings.TrimSpace(before), strings.TrimSpace(after)
	if crowded(before) || crowded(after) {
		before, after = indented(before), indented(after)
	}
	return before + "\n", after + "\n"
}

// crowded reports whether a document has a line with more than a person reads at a glance.
func crowded(document string) bool {
	if document != "" && !strings.Contains(document, "\n") {
		return true
	}
	for line := range strings.SplitSeq(document, "\n") {
		// A long line of one key and its value would be as long by itself.
		if len(strings.TrimSpace(line)) > longestLine && strings.Count(line, `":`) > 1 {
			return true
		}
	}
	return false
}

// indented is a JSON text with a line for each value, in the order in which it is written; a text that is no JSON is returned
// unchanged.
func indented(document string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(document), "", "  ") != nil {
		return document
	}
	return out.String()
}

// asYAML is an object as text, empty where it has none.
func asYAML(object any) string {
	if text, err := yaml.Marshal(object); err == nil {
		return string(text)
	}
	// It refuses an object with a control character anywhere, such as one of the range U+0080.
	plain, err := json.Marshal(object)
	if err != nil {
		return ""
	}
	text, err := document.YAML(plain)
	if err != nil {
		return ""
	}
	return string(text)
}
