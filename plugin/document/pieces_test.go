package document

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// samePieces holds that a document means the same in pieces as at once, or nothing.
func samePieces(t *testing.T, text string) (inPieces bool) {
	t.Helper()
	whole, wholeErr := convert([]byte(text), 1, len(text), 0)
	for _, size := range []int{0, 1, 30, 1000} {
		c := converter{piece: size}
		if c.pieces([]byte(text), 1) == nil {
			inPieces = true
			if wholeErr != nil || !bytes.Equal(c.out, whole) {
				t.Errorf("%.300q in pieces of %d is\n%.1000s, at once\n%.1000s, %v", text, size, c.out, whole, wholeErr)
			}
		}
		got, err := convert([]byte(text), 1, 0, size)
		if wholeErr == nil && (err != nil || !bytes.Equal(got, whole)) || wholeErr != nil && (err == nil || err.Error() != wholeErr.Error()) {
			t.Errorf("%.300q in pieces of %d is\n%.1000s, %v, at once\n%.1000s, %v", text, size, got, err, whole, wholeErr)
		}
	}
	return inPieces
}

// TestPieces holds that the lists of objects that kubectl and this program print are read in pieces.
func TestPieces(t *testing.T) {
	pod := "apiVersion: v1\n%skind: Pod # a comment\n%smetadata: {name: web, labels: {a: \"- b\"}}\n%sspec:\n%s  text: |\n%s    - a\n%s      b\n\n%s  more: [a,\n%s  b]\n%s  list:\n%s  - a\n%s  - b\n"
	for _, indent := range []string{"", "  ", "    "} {
		text := "# head\n---\na: b\nitems:\n"
		for i := range 20 {
			if i%7 == 0 {
				text += "\n# comment\n"
			}
			text += indent + "- " + strings.ReplaceAll(pod, "%s", indent+"  ")
		}
		text += "z: &x {a: 1}\nzz: 2\n"
		if !samePieces(t, text) {
			t.Errorf("with the indentation %q it is read at once", indent)
		}
	}
}

// TestPiecesOfFiles reads all YAML files of testdata.
func TestPiecesOfFiles(t *testing.T) {
	files, err := filepath.Glob("../../testdata/c*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files")
	}
	some := false
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		some = samePieces(t, string(data)) || some
	}
	if !some {
		t.Error("none is read in pieces")
	}
}

// cuts look as if an entry of a list began, and none does.
var cuts = []string{
	"items:\n- \"a\n- b\"\n",
	"items:\n- {a: b,\n- c}\n",
	"items:\n- [a,\n- c]\n",
	"items:\n- &x a\n- *x\n",
	"items:\n- &x a\n- &x b\n- *x\n",
	"items: &x\n- a\n- b\nc: *x\n",
	"items:\n- a: |\n   x\n- b\n",
	"items:\n- a: |+\n   x\n\n\n- b\nc: |+\n x\n\n\nd: e\n",
	"items:\n- |2\n   - x\n- b\n",
	"items:\n- 'a\n  ''\n- b: c'\n",
	"items: !!str\n- a\n- b\n",
	"items:\n- a\n- b\n...\nc: d\n",
	"? items\n:\n- a\n- b\n",
	"? a\n: b\n",
	"items:\n- a\nb\n- c\n",
	"items:\n- a: b\n  - c\n",
	"items:\n  - x\n b: y\n",
	"{\"a\": b,\nc: d}\n",
	"a: b\na: c\n",
	"A: b\na: c\n",
	"on:\n- a\n- b\n\"true\": c\n",
	"items:\n- a\n- b\nitems:\n- c\n",
	"a: b\n- c\n",
	"<<:\n- {a: b}\n- {c: d}\n",
	"<<: {a: b}\nc: d\n",
	"a: \"b\nc: d\"\n",
	"a: b\n c\nd: e\n",
	"a: b\n\n  c\nd: e\n",
	"a:\n- b\n-\n- c\n-",
	"a:\n- - b\n  - c\n- - d\n",
	"%YAML 1.1\n---\na: b\nc: d\n",
	"--- {a: b}\n",
	"a: b\r\nc:\r\n- d\r\n- e\r\n",
	"a:\n-\tb\n- c\n",
	"a:\n\n- b\n# x\n- c\n #y\nd: e # z\n",
	"a: *x\n", "a: &x b\nc: *x\n",
	"a: [\n]\nb: c\n",
}

// TestCuts holds that such a cut does not lead to another document.
func TestCuts(t *testing.T) {
	for _, text := range cuts {
		samePieces(t, text)
	}
}

func FuzzPieces(f *testing.F) {
	for _, text := range cuts {
		f.Add(text)
	}
	f.Fuzz(samePiecesOf)
}

func samePiecesOf(t *testing.T, text string) {
	if data, err := utf8Text([]byte(text)); err != nil || len(parts(data)) != 1 || string(data) != text {
		return
	}
	samePieces(t, text)
}
