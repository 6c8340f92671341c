package render_test

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/demo"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render/schema/conform"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

// TestGoldenConforms holds the JSON and YAML of the golden files to the published schema.
func TestGoldenConforms(t *testing.T) {
	files, err := filepath.Glob("../../testdata/render/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	v, err := conform.Published()
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, section := range archive.Files {
			if !strings.HasSuffix(section.Name, "JSON") && !strings.HasSuffix(section.Name, "YAML") {
				continue
			}
			document, err := yaml.YAMLToJSON(section.Data)
			if err != nil {
				t.Fatal(err)
			}
			if err := v.Kind(document); err != nil {
				t.Errorf("%s, %s: %v", file, section.Name, err)
			}
			held++
		}
	}
	if held == 0 {
		t.Error("no golden file has a JSON or YAML section")
	}
}

// sarifSchema validates against the schema of OASIS (SARIF 2.1.0 with errata 01).
func sarifSchema(t *testing.T) *conform.Validator {
	t.Helper()
	text, err := os.ReadFile("../../testdata/schema/sarif-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := conform.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// judged returns the reports of the demo and of all cases, each snapshot by itself.
func judged(t *testing.T) map[string][]*judge.Report {
	t.Helper()
	snapshots := map[string][]byte{"demo": demo.Snapshot}
	for _, file := range cases.Files(t, "../../testdata/cases", ".yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		snapshots[file] = data
	}
	all := map[string][]*judge.Report{}
	for name, data := range snapshots {
		snapshot, _, err := snapshot.Read(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = judge.DiagnoseAll(snapshot, "", labels.Everything(), judge.Options{})
	}
	return all
}

// ofClusters makes reports those of several clusters.
func ofClusters(reports []*judge.Report) []*judge.Report {
	for i, r := range reports {
		r.Provenance = []*judge.Provenance{nil, {Cluster: "prod"}, {Cluster: "prod", Account: "444455556666"}, {Cluster: hostile, Version: hostile}}[i%4]
	}
	return reports
}

// TestSARIF holds that every log with the whole catalogue is valid. TestSARIFReads holds what it says.
func TestSARIF(t *testing.T) {
	v := sarifSchema(t)
	var cases []*judge.Report
	for _, reports := range judged(t) {
		cases = append(cases, reports...)
	}
	for name, reports := range map[string][]*judge.Report{"cases": cases, "hostile": hostileReports(), "clusters": ofClusters(hostileReports()), "nothing": nil} {
		log, err := render.SARIF(reports, check.All(), "v1.2.3")
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Document(log); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if v.Document([]byte(`{"version": "2.1.0", "runs": [{"results": []}]}`)) == nil {
		t.Error("a run without a tool is not refused")
	}
}

// TestJUnit holds that the XML is well-formed whatever the reports say, and that its counts are those of its cases.
func TestJUnit(t *testing.T) {
	all := judged(t)
	all["hostile"], all["clusters"], all["nothing"] = hostileReports(), ofClusters(hostileReports()), nil
	for name, reports := range all {
		for _, gate := range []render.Gate{{}, {Risk: true}, {Unknown: true}, {Risk: true, Unknown: true}} {
			document, err := render.JUnit(reports, gate)
			if err != nil {
				t.Fatal(err)
			}
			failing := 0
			for _, r := range reports {
				if gate.Fails(r) {
					failing++
				}
			}
			cases, problems := junitCases(t, document)
			if cases != len(reports) || problems != failing {
				t.Errorf("%s, %+v: %d cases, %d of them fail; want %d and %d", name, gate, cases, problems, len(reports), failing)
			}
		}
	}
}

// junitCases reads a document to its end and counts.
func junitCases(t *testing.T, document []byte) (cases, problems int) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(string(document)))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, document)
		}
		if element, ok := token.(xml.StartElement); ok {
			switch element.Name.Local {
			case "testcase":
				cases++
			case "failure", "error":
				problems++
			case "testsuites", "testsuite", "properties", "property", "skipped", "system-out":
			default:
				t.Errorf("a forged element %s", element.Name.Local)
			}
		}
	}
	var root struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
	}
	if err := xml.Unmarshal(document, &root); err != nil {
		t.Fatal(err)
	}
	if root.Tests != cases || root.Failures+root.Errors != problems {
		t.Errorf("the counts say %+v, and there are %d cases of which %d fail", root, cases, problems)
	}
	return cases, problems
}

// TestCSV holds that each line has all columns, and that no cell is a formula or holds more than a line.
func TestCSV(t *testing.T) {
	all := judged(t)
	all["hostile"] = hostileReports()
	for _, text := range []string{"=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠x", "\"=1", ",=1"} {
		r := hostileReports()[0]
		r.Target.Name, r.ServiceAccount, r.Findings[0].Title, r.Findings[0].Containers = text, text, text, []string{text}
		r.Unknown[0].What, r.Manifest.File = text, text
		all[text] = []*judge.Report{r}
	}
	for name, reports := range all {
		document, err := render.CSV(reports)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(string(document))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) <= len(reports) {
			t.Errorf("%s: %d lines for %d reports", name, len(lines), len(reports))
		}
		for _, line := range lines {
			for _, cell := range line {
				if strings.ContainsAny(cell, "\r\n\t") || startsFormula(cell) {
					t.Errorf("%s: the cell %q", name, cell)
				}
			}
		}
	}
}

func startsFormula(cell string) bool {
	text := []rune(strings.TrimLeft(cell, " "))
	return len(text) > 1 && strings.ContainsRune("=+-@＝＋－＠", text[0])
}
