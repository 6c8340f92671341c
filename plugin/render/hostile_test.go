package render_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// hostile is what a cluster, an account or a file may hold anywhere.
const hostile = "x\x1b[2J\u009b31m\u202egpj\r\nfix  rm -rf /\t\x00\xff\u2028\ufeff\U000e0041y"

// fill sets every text in a value, and gives every list and map an item.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), text)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, text)
		fill(value, text)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), text)
			}
		}
	}
}

// hostileReports are reports that are hostile in every field; some have values that lead to other branches.
func hostileReports() []*judge.Report {
	var reports []*judge.Report
	for _, verdict := range []judge.Verdict{judge.Broken, judge.Undetermined, judge.Works, judge.NotConfigured, hostile} {
		for _, provider := range []sdk.Provider{sdk.WebIdentity, sdk.IMDS, sdk.SDKDependent, sdk.Failed, hostile} {
			for _, class := range []check.Class{check.Breaks, check.Risk, check.Note} {
				r := &judge.Report{}
				fill(reflect.ValueOf(r).Elem(), hostile)
				r.Verdict = verdict
				for i := range r.Containers {
					r.Containers[i].Verdict, r.Containers[i].Identity.Provider = verdict, provider
				}
				for i := range r.Findings {
					r.Findings[i].Class = class
					r.Findings[i].Need += "z"
				}
				r.Checks[0].Result, r.Chain[0].Result = check.Skip, check.Pass
				reports = append(reports, r)
			}
		}
	}
	return reports
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// TestHostile holds that no form lets anything through that could do something to a terminal, or forge a
// line.
func TestHostile(t *testing.T) {
	reports := hostileReports()
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			got, err := f.print(reports)
			if err != nil {
				t.Fatal(err)
			}
			out := string(got)
			if strings.Contains(f.name, "colour") {
				out = colours.ReplaceAllString(out, "")
			}
			if !utf8.ValidString(out) {
				t.Error("not UTF-8")
			}
			for _, r := range out {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Fatalf("%q is left", r)
				}
			}
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "fix") {
					t.Errorf("a forged line: %s", line)
				}
			}
		})
	}
}

// TestHostileDocuments holds that JSON and YAML, escaped as they are, still say exactly what the report says.
func TestHostileDocuments(t *testing.T) {
	valid := strings.ToValidUTF8(hostile, "\ufffd")
	report := &judge.Report{}
	fill(reflect.ValueOf(report).Elem(), valid)
	report.FixedRole, report.Deciding = "", nil // the commands and Unknown have them
	for i := range report.Findings {
		fix := report.Findings[i].Fix
		fix.Bind, fix.Look, fix.Diffs, fix.Policies = "", "", nil, nil // the commands and the summary have them
	}
	want := render.Report(report, true)
	for name, decode := range map[string]func(*judge.Report) error{
		"JSON": func(r *judge.Report) error {
			text, err := render.JSON(want)
			if err != nil {
				return err
			}
			return json.Unmarshal(text, r)
		},
		"YAML": func(r *judge.Report) error {
			text, err := render.YAML(want)
			if err != nil {
				return err
			}
			return yaml.UnmarshalStrict(text, r)
		},
	} {
		var got judge.Report
		if err := decode(&got); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !reflect.DeepEqual(&got, want) {
			t.Errorf("%s reads back as %+v", name, got)
		}
	}
}

// TestHostileTemplateValues holds that what a template prints is escaped, but for line ends.
func TestHostileTemplateValues(t *testing.T) {
	plain, err := render.Plain(judge.Report{ServiceAccount: "a\x1bb\nc", Unknown: []fact.Gap{{What: "\u202e"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := plain["serviceAccount"]; got != `a\x1bb`+"\nc" {
		t.Errorf("serviceAccount is %q", got)
	}
	if got := plain["unknown"].([]any)[0].(map[string]any)["what"]; got != `\u202e` {
		t.Errorf("what is %q", got)
	}
}

// TestLong holds that values of any length are told whole and in reasonable time: names and policies may
// come from a file, and be anything.
func TestLong(t *testing.T) {
	long := strings.Repeat("web ", 1<<14)
	word := strings.Repeat("w", 1<<16)
	var reports []*judge.Report
	for range 20 {
		r := &judge.Report{
			Target: workload.Target{Kind: "Pod", Namespace: "shop", Name: word}, Verdict: judge.Broken,
			Containers: []judge.ContainerReport{{Name: "app", Verdict: judge.Broken, Identity: judge.Identity{RoleArn: word}}},
			Findings:   []judge.Finding{{Code: "IRSA402", Class: check.Breaks, Title: long, Have: word + "a", Need: word + "b"}},
		}
		reports = append(reports, r)
	}
	for _, print := range []func([]*judge.Report, render.Style) string{render.Explain, render.Whoami, render.Table} {
		if out := print(reports, render.Style{Width: 80, Wide: true}); !strings.Contains(out, word) {
			t.Error("a long word was cut")
		}
		if out := print(reports, render.Style{Width: 80}); out == "" {
			t.Error("nothing")
		}
	}
}
