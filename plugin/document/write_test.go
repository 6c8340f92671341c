package document_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
)

// readers read YAML: ours, the one of kubectl (YAML 1.1 for the most part), and one of YAML 1.2.
var readers = map[string]func(text []byte, into any) error{
	"document": func(text []byte, into any) error {
		documents, err := document.Split(text)
		if err != nil {
			return err
		}
		out, err := documents[0].JSON()
		if err != nil {
			return err
		}
		return json.Unmarshal(out, into)
	},
	"sigs.k8s.io/yaml":   func(text []byte, into any) error { return yaml.UnmarshalStrict(text, into) },
	"go.yaml.in/yaml/v3": yamlv3.Unmarshal,
}

// roundTrip holds that texts, as values, keys and entries of lists, are written as YAML that every reader reads as these texts.
func roundTrip(t *testing.T, texts []string) []byte {
	t.Helper()
	keys := map[string]any{}
	list := make([]any, len(texts))
	for i, text := range texts {
		keys[text], list[i] = text, text
	}
	want := map[string]any{"keys": keys, "list": list}
	value, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	written, err := document.YAML(value)
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range readers {
		var got map[string]any
		if err := read(written, &got); err != nil {
			t.Errorf("%s: %v\n%.2000s", name, err, written)
			continue
		}
		if reflect.DeepEqual(got, want) {
			continue
		}
		for i, text := range texts {
			if have, list := got["keys"].(map[string]any)[text], got["list"].([]any)[i]; have != text || list != text {
				t.Errorf("%s reads %q as %q, %q", name, text, have, list)
			}
		}
	}
	isClean(t, written)
	isClean(t, document.EscapeJSON(value))
	var got any
	if err := json.Unmarshal(document.EscapeJSON(value), &got); err != nil || !reflect.DeepEqual(got, any(want)) {
		t.Errorf("JSON reads back as something else: %v", err)
	}
	return written
}

// isClean holds that nothing in a text does something to a terminal but end a line.
func isClean(t *testing.T, text []byte) {
	t.Helper()
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r != '\n' && document.Hostile(r, size) {
			t.Fatalf("%U is left", r)
		}
		i += size
	}
}

// scalars are all characters of Unicode, some together in a text, between letters, and alone where they are of ASCII.
func scalars() (texts []string) {
	const together = 512
	var text strings.Builder
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		if r < 0x100 {
			texts = append(texts, string(r), "a"+string(r), string(r)+"a", "a "+string(r)+" b", string(r)+string(r))
		}
		text.WriteRune(r)
		if text.Len() >= together {
			texts = append(texts, text.String())
			text.Reset()
		}
	}
	return append(texts, text.String())
}

// TestEveryCharacter holds that every character of Unicode reads back exactly.
func TestEveryCharacter(t *testing.T) {
	const batch = 2000
	texts := scalars()
	count := 0
	for len(texts) > 0 {
		some := texts[:min(batch, len(texts))]
		roundTrip(t, some)
		for _, text := range some {
			count += utf8.RuneCountInString(text)
		}
		texts = texts[len(some):]
	}
	if count < 1_112_064 {
		t.Errorf("only %d characters", count)
	}
}

// awkward are texts that some reader of YAML takes for something else where they are plain, names that Kubernetes allows among them.
func awkward() []string {
	texts := append([]string{
		"", " ", "  ", " a", "a ", "\n", "a\n", "\na", "a\n\nb", "a: b", "a:", ":a", ": a", "- a", "-a", "-", "--- a", "---", "...", "? a", "?",
		"a #b", "a#b", "#a", "[", "]", "{}", "{a: b}", "[a]", ",a", "&a", "*a", "!a", "!!str a", "|", ">", "'", "''", `"`, `\`, `\n`, "%a", "@a", "`a",
		"a'b", `a"b`, "\t", "a\tb", "\ta", "\r\n", "\u0085", "a\u0085b", "\u2028", "\ufeff", "\ufffe", "\uffff", "\x7f", "\u009b", "\u202e", "\u200b",
		"2001-01-01 00:00:00", "2001-1-1T1:1:1Z", "1e3f", "0b", "0xg", "1,2", "1 2", "+", "+a", ".a", "a.b", "12e", "1:2:3", "1:70", "190:20:30", "0:0",
		strings.Repeat("a", 200), strings.Repeat("long ", 500), strings.Repeat("\u202e", 2000), "list", "<<redacted>>", "=a", "0o8", "1_", "-.INF", "NaN", "inf",
	}, plainWords...)
	return texts
}

// TestAwkward holds the same of what looks like something else, and for Python's reader, which knows YAML 1.1.
func TestAwkward(t *testing.T) {
	written := roundTrip(t, awkward())
	python, err := filepath.Abs("../../.cache/python/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	if exec.Command(python, "-c", "import yaml").Run() != nil {
		if python, err = exec.LookPath("python3"); err != nil || exec.Command(python, "-c", "import yaml").Run() != nil {
			t.Skip("no Python with its package yaml")
		}
	}
	const script = `import json, sys, yaml
json.dump(yaml.load(sys.stdin.buffer.read().decode(), Loader=yaml.SafeLoader), sys.stdout)`
	for _, text := range [][]byte{written, roundTrip(t, scalars()[:3000])} {
		command := exec.Command(python, "-c", script)
		command.Stdin = bytes.NewReader(text)
		out, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		if err := readers["document"](text, &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("Python reads something else:\n%.3000s", out)
		}
	}
}

// TestNumbers holds that numbers are numbers to every reader.
func TestNumbers(t *testing.T) {
	for _, number := range []string{"0", "-1", "1.5", "1e3", "1E+3", "1.5e-3", "1e21", "-2E5", "9223372036854775807", "18446744073709551615"} {
		text, err := document.YAML([]byte(`{"a": ` + number + `}`))
		if err != nil {
			t.Fatal(err)
		}
		for name, read := range readers {
			var got, want map[string]float64
			if err := json.Unmarshal([]byte(`{"a": `+number+`}`), &want); err != nil {
				t.Fatal(err)
			}
			if err := read(text, &got); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %v, %v, want %v", text, got, err, want)
			}
			_ = name
		}
	}
}

// TestShape holds the layout, nested in every way.
func TestShape(t *testing.T) {
	for value, want := range map[string]string{
		`{}`: "{}\n", `[]`: "[]\n", `"a"`: "a\n", `null`: "null\n", `true`: "true\n",
		`{"a":{},"b":[],"c":null,"d":{"e":[[1,[2]],{"f":{"g":1},"h":[]},{}]}}`: "a: {}\nb: []\nc: null\nd:\n  e:\n    - - 1\n      - - 2\n    - f:\n        g: 1\n      h: []\n    - {}\n",
	} {
		got, err := document.YAML([]byte(value))
		if err != nil || string(got) != want {
			t.Errorf("%s is\n%s%v, want\n%s", value, got, err, want)
		}
	}
	for _, broken := range []string{"", "{", `{"a"`, `{"a":`, "[1,", "[1}", "a"} {
		if got, err := document.YAML([]byte(broken)); err == nil {
			t.Errorf("%q is written as %q", broken, got)
		}
	}
}

// FuzzYAML holds that any value of JSON reads back from YAML as itself.
func FuzzYAML(f *testing.F) {
	for _, seed := range []string{`{"a":[{"b":"on","012":1e3}],"":null}`, `["\u0085","\ud83d\ude00","\u2028 "]`, `[[[]],{"a":{"b":[]}}]`, `"- a: b #c"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		var want any
		if json.Unmarshal(value, &want) != nil {
			return
		}
		if _, err := document.YAML(value); err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(want) // without keys that are there twice
		if err != nil {
			t.Fatal(err)
		}
		written, err := document.YAML(plain)
		if err != nil {
			t.Fatal(err)
		}
		isClean(t, written)
		for name, read := range readers {
			var got any
			if name == "go.yaml.in/yaml/v3" {
				continue // it has integers
			}
			if err := read(written, &got); err != nil {
				if strings.Contains(err.Error(), "duplicate key") || strings.Contains(err.Error(), "nested more") {
					continue // of an object: keys that differ in case
				}
				t.Fatalf("%s: %v\n%s", name, err, written)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s reads %q from\n%s", name, got, written)
			}
		}
	})
}
