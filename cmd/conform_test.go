package cmd_test

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/render/schema/conform"
)

// schemas are what documents for programs are held to.
type schemas struct{ published, sarif *conform.Validator }

func newSchemas(t *testing.T) schemas {
	t.Helper()
	s, err := readSchemas()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// readSchemas compiles the schemas once for all tests: with the race detector that takes longer than most commands.
var readSchemas = sync.OnceValues(func() (schemas, error) {
	published, err := conform.Published()
	if err != nil {
		return schemas{}, err
	}
	text, err := os.ReadFile("../testdata/schema/sarif-2.1.0.json")
	if err != nil {
		return schemas{}, err
	}
	sarif, err := conform.New(text)
	return schemas{published, sarif}, err
})

// conforms holds what a command line has printed for programs to its schema.
func (s schemas) conforms(command []string, out string) error {
	described := []string{"explain", "whoami", "snapshot", "bind", "unbind", "version"}
	if out == "" || !slices.ContainsFunc(command, func(arg string) bool { return slices.Contains(described, arg) }) {
		return nil
	}
	format := ""
	for i, arg := range command {
		if i > 0 && (command[i-1] == "-o" || command[i-1] == "--output") {
			format = arg
		} else if value, ok := strings.CutPrefix(arg, "-o="); ok {
			format = value
		}
	}
	switch format {
	case "json", "yaml":
		document, err := yaml.YAMLToJSON([]byte(out))
		if err != nil {
			return err
		}
		return s.published.Kind(document)
	case "sarif":
		return s.sarif.Document([]byte(out))
	default:
		return nil
	}
}
