package document_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
)

// one returns the only document of a file as JSON.
func one(data []byte) ([]byte, error) {
	documents, err := document.Split(data)
	if err != nil {
		return nil, err
	}
	if len(documents) != 1 {
		return []byte("null"), nil
	}
	return documents[0].JSON()
}

// sameAsKubectl holds that a document that is read means what it means to sigs.k8s.io/yaml, which kubectl reads with.
func sameAsKubectl(t *testing.T, data []byte) {
	t.Helper()
	got, err := one(data)
	if err != nil {
		return
	}
	text, err := yaml.YAMLToJSON(data)
	if err != nil {
		return
	}
	var have, want any
	if err := json.Unmarshal(got, &have); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(have, want) {
		t.Errorf("%.200q is\n%.2000s, to kubectl\n%.2000s", data, got, text)
	}
}

var separator = regexp.MustCompile(`(?m)^---$`)

// TestSameAsKubectl reads all YAML files of testdata.
func TestSameAsKubectl(t *testing.T) {
	read := 0
	err := filepath.WalkDir("../../testdata", func(path string, _ os.DirEntry, err error) error {
		if err == nil && filepath.Base(path) == "hostile" {
			return filepath.SkipDir // kubectl reads two of one key, and takes the last
		}
		if err != nil || filepath.Ext(path) != ".yaml" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		read++
		if _, err := one(data); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for _, d := range separator.Split(string(data), -1) {
			sameAsKubectl(t, []byte(d))
		}
		return nil
	})
	if err != nil || read < 100 {
		t.Fatalf("%d files, %v", read, err)
	}
}

// plainWords are scalars that some reader of YAML takes for something else than a text.
var plainWords = strings.Fields(`on On ON off Off OFF yes Yes YES no No NO y Y n N true True TRUE tRue false null Null ~ NULL nULL
1 -1 +1 0 00 012 0o12 0x1f 0X1F -0x1f 0b11 -0b11 1_000 1__0 _1 1_ 1e3 1E3 1e+3 1.5 -1.5 .5 -.5 1. 1.e3 .e3 1.2.3 1:30 1:30:00 1:30.5
.inf -.inf +.inf .Inf .nan .NaN - + . -- ++ .. 0x 0b 1e 1e400 -1e400 9223372036854775807 9223372036854775808 18446744073709551615
18446744073709551616 -9223372036854775808 -9223372036854775809 99999999999999999999999 2001-01-01 2001-1-1 2001-01-01T00:00:00Z
2001-13-01 200-01-01 2001-01-01t1:2:3Z = << 1,000 0.1 1e-3 1.5e-3 12.5e-3 2001-9 20010-1-1 1d 0x1g 1a 3f 10.0.0.1 12:34:56:78 !x +012 -012 08 09 0_8 .1_0 1_0.5`)

// TestWords holds that plain scalars are what they are to kubectl, as values and as keys.
func TestWords(t *testing.T) {
	for _, word := range plainWords {
		sameAsKubectl(t, []byte("a: "+word+"\n"))
		if !strings.HasPrefix(word, "1844674407370955161") && word != "-9223372036854775809" { // a float32 to kubectl
			sameAsKubectl(t, []byte(word+": a\n"))
		}
		sameAsKubectl(t, []byte("a: '"+word+"'\n"))
		for _, tag := range []string{"!!str", "!!int", "!!float", "!!bool", "!!null", "!own"} {
			sameAsKubectl(t, []byte("a: "+tag+" "+word+"\n"))
			sameAsKubectl(t, []byte("a: "+tag+" '"+word+"'\n"))
		}
	}
}
