package document_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
)

// readAll returns all documents of a file, an error in the place of one that cannot be read.
func readAll(data string) (all []string) {
	documents, err := document.Split([]byte(data))
	if err != nil {
		return []string{"error: " + err.Error()}
	}
	for _, d := range documents {
		text, err := d.JSON()
		if err != nil {
			all = append(all, "error: "+err.Error())
			continue
		}
		all = append(all, fmt.Sprintf("%d %s", d.Line, text))
	}
	return all
}

// TestRead holds the documents of files, with their lines, and what is refused.
func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       []string
	}{
		{"nothing", "", nil},
		{"comments", "# a\n---\n\n# b\n---\n...\n", nil},
		{"YAML", "# a\n\na: b\n", []string{`3 {"a":"b"}`}},
		{"several", "a: b\n---\n# c\nc: d\n--- e\n--- # f\ng: h\n...\n---\n", []string{`1 {"a":"b"}`, `4 {"c":"d"}`, `5 "e"`, `7 {"g":"h"}`}},
		{"a directive", "%YAML 1.1\n---\na: on\n", []string{`3 {"a":true}`}},
		{"one broken", "a: [\n---\nb: c\n---\nd: *e\n", []string{"error: yaml: line 1: did not find expected node content", `3 {"b":"c"}`, "error: yaml: line 4: unknown anchor 'e' referenced"}},
		{"two without a separator", "a: b\n...\nc: d\n", []string{"error: yaml: line 2: did not find expected <document start>"}},
		{"JSON", " {\"a\": [1, 2]}\n", []string{`1 {"a": [1, 2]}`}},
		{"stream", "{\"a\":\n1}{\"b\":1}\n\n[2]\n# c\n", []string{"1 {\"a\":\n1}", `2 {"b":1}`, `4 [2]`}},
		{"stream with a broken value", "{\"a\":1}\n{\"b\":}\n{\"c\":1}", []string{`1 {"a":1}`, "error: line 2: invalid character '}' looking for beginning of value"}},
		{"JSON and more", "{\"a\":1} x\n", []string{`1 {"a":1}`, "error: line 1: invalid character 'x' looking for beginning of value"}},
		{"JSON, cut off", "{\"a\":\n[1,", []string{"error: line 2: unexpected end of JSON input"}},
		{"YAML, cut off", "a:\n  b: \"c\n", []string{"error: yaml: line 2: found unexpected end of stream"}},
		{"JSON between YAML", "{\"a\":1}\n---\nb: c\n---\n{\"d\":1}\n{\"e\":1}\n", []string{`1 {"a":1}`, `3 {"b":"c"}`, `5 {"d":1}`, `6 {"e":1}`}},
		{"flow", "{a: b,\n c: [d]}\n", []string{`1 {"a":"b","c":["d"]}`}},
		{"BOM and CRLF", "\ufeffa: b\r\nc:\r\n- d\r\n", []string{`1 {"a":"b","c":["d"]}`}},
		{"BOM before JSON", "\ufeff{\"a\":1}", []string{`1 {"a":1}`}},
		{"UTF-16", utf16Of("a: grün 😀\n", binary.LittleEndian), []string{`1 {"a":"grün 😀"}`}},
		{"UTF-16, JSON", utf16Of("{\"a\":1}", binary.BigEndian), []string{`1 {"a":1}`}},
		{"not UTF-8", "a: b\nc: gr\xfcn\n", []string{"error: line 2: the byte 0xfc: the text is not UTF-8"}},
		{"control character", "a: b\nc: \x1b[2J\n", []string{`error: line 2: the character U+001B: YAML allows it only as an escape in double quotes, as in "\u001b"`}},
		{"C1", "a: \u009b\n", []string{`error: line 1: the character U+009B: YAML allows it only as an escape in double quotes, as in "\u009b"`}},
		{"NUL", "a: b\n\x00", []string{"error: line 2: it holds a NUL byte: it is not a text file, or not in UTF-8"}},
		{"gzip", "\x1f\x8b\x08\x00", []string{"error: it is compressed with gzip: decompress it first, as in gunzip -c"}},
		{"zip", "PK\x03\x04", []string{"error: it is a ZIP archive: extract it first"}},
		{"words", "{a: on, 012: 0x1f, \"1\": 1_000, y: 'y'}\n", []string{`1 {"a":true,"10":31,"1":1000,"true":"y"}`}},
		{"beyond int64", "a: 99999999999999999999\n", []string{`1 {"a":100000000000000000000}`}},
		{"infinite", "a: .inf\n", []string{"error: line 1: a: .inf is not a number of JSON"}},
		{"aliases", "a: &a [1, &b 2]\nc: *a\nd: *b\n", []string{`1 {"a":[1,2],"c":[1,2],"d":2}`}},
		{"merges", "a: &a {b: 1, c: 2}\nd: &d {c: 3, e: 4}\nf: {<<: [*a, *d], e: 5}\ng: {c: 6, <<: *a}\n",
			[]string{`1 {"a":{"b":1,"c":2},"d":{"c":3,"e":4},"f":{"b":1,"c":2,"e":5},"g":{"b":1,"c":6}}`}},
		{"merge of a text", "<<: a\n", []string{"error: line 1: a merge key (<<) takes a mapping, or a list of mappings"}},
		{"two merges", "a: &a {b: 1}\nc:\n  <<: *a\n  <<: *a\n", []string{"error: line 4: duplicate key c.<< (first in line 3)"}},
		{"a complex key", "a:\n  ? [b]\n  : c\n", []string{"error: line 2: a: a key is a mapping or a list: JSON has texts only"}},
		{"a null key", "~: c\n", []string{"error: line 1: a key is null: JSON has texts only"}},
		{"duplicate", "a: 1\nb: 2\na: 3\n", []string{"error: line 3: duplicate key a (first in line 1)"}},
		{"duplicate, deep", "---\nitems:\n- a\n- spec:\n    x: {y: 1,\n     z: 2, y: 3}\n", []string{"error: line 6: duplicate key items[1].spec.x.y (first in line 5)"}},
		{"duplicate by meaning", "'10': 1\n012: 2\n", []string{"error: line 2: duplicate key 012 (first in line 1)"}},
		{"duplicate that differs in case", "kind: a\nitems:\n- {kind: b, Kind: c}\n", []string{"error: line 3: duplicate key items[0].Kind (first in line 3)"}},
		{"labels that differ in case", "metadata: {labels: {app: a, App: b}}\n", []string{`1 {"metadata":{"labels":{"App":"b","app":"a"}}}`}},
		{"duplicate of JSON", "{\"a\": 1,\n\"b\": [0, {\"c\": 1,\n\"\\u0063\": 2}]}\n", []string{"error: line 3: duplicate key b[1].c (first in line 2)"}},
		{"duplicate of JSON that differs in case", `{"items": [{"kind": 1}, {"kind": 1, "KIND": 2}]}`, []string{"error: line 1: duplicate key items[1].KIND (first in line 1)"}},
		{"labels of JSON that differ in case", `{"a": {"b": 1, "B": 2}}`, []string{`1 {"a": {"b": 1, "B": 2}}`}},
		{"a duplicate, and the next of the stream", "{\"a\":1,\"a\":2}\n{\"b\":1}\n", []string{"error: line 1: duplicate key a (first in line 1)", `2 {"b":1}`}},
		{"an alias in itself", "a: &a [*a]\n", []string{"error: line 1: mappings and lists are nested more than 500 deep"}},
		{"a merge of itself", "a: &a {<<: *a}\n", []string{"error: line 1: mappings and lists are nested more than 500 deep"}},
	} {
		got := readAll(c.data)
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func utf16Of(text string, order binary.AppendByteOrder) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// TestManyKeys holds that duplicates are found among many keys too.
func TestManyKeys(t *testing.T) {
	for _, form := range []string{"YAML", "JSON"} {
		for _, count := range []int{2, 16, 17, 18, 1000} {
			for _, again := range []int{0, count / 2, count - 1} {
				for _, key := range []string{fmt.Sprintf("k%d", again), fmt.Sprintf("K%d", again)} {
					text := "{"
					for i := range count {
						text += fmt.Sprintf("\"k%d\": 1, ", i)
					}
					text += fmt.Sprintf("%q: 2}", key)
					if form == "YAML" {
						text = "--- !x\n" + text
					}
					if got := readAll(text); len(got) != 1 || !strings.HasPrefix(got[0], "error: line ") || !strings.Contains(got[0], "duplicate key "+key) {
						t.Errorf("%s, %d keys and then %s: %.200q", form, count, key, got)
					}
				}
			}
		}
	}
}

// bomb is a document that aliases would make huge.
func bomb(entry func(before string) string, levels int) string {
	text := "a0: &a0 {x: 1}\n"
	for i := 1; i <= levels; i++ {
		text += fmt.Sprintf("a%d: &a%d %s\n", i, i, entry(fmt.Sprintf("*a%d", i-1)))
	}
	return text
}

// TestBounds holds that what would take too much memory or time is refused.
func TestBounds(t *testing.T) {
	const deep, aliases = "nested more than 500 deep", "aliases expand to more than"
	ten := func(a string) string { return "[" + strings.Repeat(a+",", 10) + "]" }
	for _, c := range []struct{ name, text, want string }{
		{"lists of aliases", bomb(ten, 12), aliases},
		{"mappings of aliases", bomb(func(a string) string { return "{b: " + a + " , c: " + a + " }" }, 40), aliases},
		{"merges", bomb(func(a string) string { return "{<<: [" + a + ", " + a + "]}" }, 40), aliases},
		{"a chain of merges", bomb(func(a string) string { return "{<<: " + a + " , k" + a[1:] + ": 1}" }, 2000), aliases},
		{"a long text", "a: &a \"" + strings.Repeat("x", 1<<20) + "\"\nb: " + "[" + strings.Repeat("*a,", 100) + "]\n", aliases},
		{"in pieces", "x: [" + strings.Repeat("x", 2<<20) + "]\n" + "a:\n" + strings.Repeat("- ["+strings.Repeat("&x {y: z}, *x, ", 100)+"]\n", 2000), aliases},
		{"brackets", strings.Repeat("[", 100_000), deep},
		{"brackets of JSON, closed", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), deep},
		{"braces of JSON", strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000), deep},
		{"brackets in YAML", "a: " + strings.Repeat("[", 100_000), deep},
		{"braces in YAML", strings.Repeat("{a: ", 100_000), deep},
		{"dashes", strings.Repeat("- ", 100_000), deep},
		{"question marks", strings.Repeat("? ", 100_000), deep},
		{"many values", "a: [" + strings.Repeat("b,", 2_100_000) + "]", "more than 2000000 values"},
	} {
		got := readAll(c.text)
		if len(got) != 1 || !strings.Contains(got[0], c.want) {
			t.Errorf("%s: %.300q, want %q", c.name, got, c.want)
		}
	}
	for _, fine := range []string{
		bomb(ten, 3), bomb(func(a string) string { return "{<<: " + a + " , k" + a[1:] + ": 1}" }, 50),
		strings.Repeat("[", 499) + strings.Repeat("]", 499), "a: " + strings.Repeat("[", 499) + strings.Repeat("]", 499),
	} {
		if got := readAll(fine); len(got) != 1 || strings.HasPrefix(got[0], "error") {
			t.Errorf("%.100q: %.300q", fine, got)
		}
	}
}

// FuzzRead holds that no text makes it panic, that what is read means to kubectl the same, and that it reads back from YAML.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"a: &a {b: [1, on]}\n<<: *a\n---\nc: d\n", "{\"a\":1}\n[2]", "%YAML 1.1\n--- |\n a\n", "? a\n: !!binary aGk=\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		documents, err := document.Split(data)
		if err != nil {
			return
		}
		for _, d := range documents {
			d.Nodes()
			text, err := d.JSON()
			if err != nil {
				continue
			}
			if _, err := document.YAML(text); err != nil {
				t.Errorf("%v of %q", err, text)
			}
		}
	})
}
