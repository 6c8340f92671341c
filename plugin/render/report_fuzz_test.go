package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

// awkward are texts that one encoder or another has to treat in a way of its own: words of YAML, of spreadsheets and of XML,
// line ends, and what a terminal would act on.
var awkward = []string{
	"", "on", "no", "Yes", "~", "null", "0x1F", "1_000", "1e3", "0o7", ".inf", "12:30:45", "2026-06-15", "<<", "=", "!!str x", "- a", "a: b", "a #b",
	"&a", "*a", "|", ">-", "%YAML", "---", "...", "\"", "'", "\\", "]]>", "<![CDATA[", "&amp;", "</testcase>", "=1+1", "+1", "-1", "@x", " =1", "＝1",
	"\t", "\r\n", "\n", " a ", "a\n b\n", "a\u0085b", "\u2028", "\ufeff", "\u009b31m", "\u202e", "\u200b", "\u00a0", "\x00", "\x7f", "\U000e0041", "\ufffe", "漢字", hostile,
}

// harmless holds that a text has nothing that a terminal would act on.
func harmless(t *testing.T, out []byte) {
	t.Helper()
	if !utf8.Valid(out) {
		t.Fatalf("not UTF-8: %q", out)
	}
	for _, r := range string(out) {
		if r != '\n' && !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Bidi_Control) {
			t.Fatalf("%q is left in %q", r, out)
		}
	}
}

// FuzzReports: with any two texts in all fields of a report, the formats for other programs are what their parsers take, have
// as many lines, cases and results as without, and say the texts.
func FuzzReports(f *testing.F) {
	for i, text := range awkward {
		f.Add(text, awkward[(i+1)%len(awkward)], byte(i))
	}
	f.Fuzz(func(t *testing.T, text, other string, choice byte) {
		reports := filledReports(text, other, choice)
		calm := filledReports("shop", "web", choice)
		if text == other { // what has one name is in one suite
			calm = filledReports("shop", "shop", choice)
		}
		for _, form := range forms {
			shape, ok := map[string]func(*testing.T, []byte) any{"CSV": csvShape, "JUnit": xmlShape, "JUnit, gate of risks": xmlShape, "SARIF": jsonShape}[form.name]
			if !ok {
				continue
			}
			out, err := form.print(reports)
			if err != nil {
				t.Fatalf("%s: %v", form.name, err)
			}
			harmless(t, out)
			usual, err := form.print(calm)
			if err != nil {
				t.Fatal(err)
			}
			got, want := shape(t, out), shape(t, usual)
			if form.name != "SARIF" && text != "" && other != "" && !reflect.DeepEqual(got, want) {
				t.Errorf("%s of %q and %q has the shape %v, not %v\n%s", form.name, text, other, got, want, out)
			}
		}
		rows, err := render.CSV(reports)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(bytes.NewReader(rows)).ReadAll()
		if err != nil {
			t.Fatalf("%v\n%s", err, rows)
		}
		for _, cell := range lines[1][:3] {
			if plain := strings.TrimPrefix(cell, "'"); plain != render.Escape(text, false) && plain != render.Escape(other, false) && cell != render.Escape(text, false) && cell != render.Escape(other, false) {
				t.Errorf("%q and %q became %q", text, other, cell)
			}
			if plain := strings.TrimLeft(cell, " "); strings.HasPrefix(plain, "=") && plain != "=" {
				t.Errorf("a formula: %q", cell)
			}
		}
	})
}

// filledReports are reports with one text in one report and another in the next, in all fields.
func filledReports(text, other string, choice byte) []*judge.Report {
	verdicts := []judge.Verdict{judge.Broken, judge.Undetermined, judge.Works, judge.NotConfigured}
	var reports []*judge.Report
	for i, one := range []string{text, other} {
		r := &judge.Report{}
		fill(reflect.ValueOf(r).Elem(), one)
		r.Verdict = verdicts[(int(choice)+i)%len(verdicts)]
		r.Findings[0].Title = "title " + other
		reports = append(reports, r)
	}
	return reports
}

// csvShape is the number of cells in each line.
func csvShape(t *testing.T, out []byte) any {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatalf("CSV: %v\n%s", err, out)
	}
	var cells []int
	for _, line := range lines {
		cells = append(cells, len(line))
	}
	return cells
}

// xmlShape is the number of each element. Suites are by namespace.
func xmlShape(t *testing.T, out []byte) any {
	t.Helper()
	elements := map[string]int{}
	decoder := xml.NewDecoder(bytes.NewReader(out))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return elements
		}
		if err != nil {
			t.Fatalf("XML: %v\n%s", err, out)
		}
		if start, ok := token.(xml.StartElement); ok {
			elements[start.Name.Local]++
		}
	}
}

// jsonShape holds that it is JSON.
func jsonShape(t *testing.T, out []byte) any {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(out, &document); err != nil {
		t.Fatalf("JSON: %v\n%s", err, out)
	}
	return len(document)
}
