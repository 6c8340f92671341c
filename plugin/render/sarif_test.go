package render_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A sarifReading is what a viewer reads of a log. It names every member that is written, so that none is added unseen.
type sarifReading struct {
	Schema  string `json:"$schema"`
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name, Version, InformationURI string
				Rules                         []sarifRuleReading
			}
		}
		AutomationDetails struct{ ID string }
		Results           []sarifResultReading
		Properties        struct{ Provenance judge.Provenance }
	}
}

type sarifRuleReading struct {
	ID                                      string
	ShortDescription, FullDescription, Help struct{ Text, Markdown string }
	DefaultConfiguration                    struct{ Level string }
	Properties                              struct{ Tags []string }
}

type sarifResultReading struct {
	RuleID              string
	RuleIndex           *int
	Kind, Level         string
	Message             struct{ Text string }
	OccurrenceCount     int
	PartialFingerprints map[string]string
	Locations           []struct {
		LogicalLocations []struct{ Name, FullyQualifiedName, Kind string }
		PhysicalLocation *struct {
			ArtifactLocation struct{ URI string }
			Region           *struct{ StartLine int }
		}
	}
	Properties struct {
		Target  workload.Target
		Verdict judge.Verdict
		Fix     *judge.Fix
	}
}

// TestSARIFReads holds what a viewer reads of a report: a result for each finding and one if it is undetermined, each with
// its rule, its level and the place of its target.
func TestSARIFReads(t *testing.T) {
	places := []*manifest.Place{
		nil, {File: "-", Line: 1}, {File: "web.yaml", Line: 1}, {File: "deploy/night ly.yaml", Line: 7}, {File: "./a:b.yaml"},
		{File: "../up/ü#1?.yaml", Line: 2}, {File: "/tmp/web.yaml", Line: 3},
	}
	levels := map[check.Class]string{check.Breaks: "error", check.Risk: "warning", check.Note: "note"}
	all := judged(t)
	var reports []*judge.Report
	for _, name := range slices.Sorted(maps.Keys(all)) {
		reports = append(reports, all[name]...)
	}
	for i, r := range reports {
		r.Target.Name = fmt.Sprintf("%s-%d", r.Target.Name, i) // by which its results are known
		r.Manifest = places[i%len(places)]
		r.Provenance = &judge.Provenance{Cluster: "prod", Time: "2026-06-15T12:00:00Z", Version: "v1.2.3"}
	}
	results := readSARIF(t, reports)
	type told struct{ rule, level, kind string }
	for _, r := range reports {
		var want, got []told
		for _, f := range r.Findings {
			want = append(want, told{string(f.Code), levels[f.Class], ""})
		}
		if r.Verdict == judge.Undetermined {
			want = append(want, told{"undetermined", "none", "open"})
		}
		for _, result := range results[r.Target] {
			got = append(got, told{result.RuleID, result.Level, result.Kind})
			holdResult(t, r, result)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v: the results are %v, want %v", r.Target, got, want)
		}
	}
}

// readSARIF returns the results of a log by target, strictly read. Each leads to its rule.
func readSARIF(t *testing.T, reports []*judge.Report) map[workload.Target][]sarifResultReading {
	t.Helper()
	text, err := render.SARIF(reports, check.All(), "v1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	var log sarifReading
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&log); err != nil {
		t.Fatal(err)
	}
	of := judge.Provenance{Cluster: "prod", Time: "2026-06-15T12:00:00Z", Version: "v1.2.3"}
	if run := log.Runs[0]; run.Properties.Provenance != of || run.AutomationDetails.ID != "kubectl-irsa/prod/2026-06-15T12:00:00Z" {
		t.Errorf("the run is %s, %+v", run.AutomationDetails.ID, run.Properties)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Version != "v1.2.3" {
		t.Fatalf("the log is of version %s, has %d runs", log.Version, len(log.Runs))
	}
	rules := log.Runs[0].Tool.Driver.Rules
	results := map[workload.Target][]sarifResultReading{}
	for _, result := range log.Runs[0].Results {
		if i := result.RuleIndex; i == nil || *i < 0 || *i >= len(rules) || rules[*i].ID != result.RuleID {
			t.Errorf("the index of a result does not lead to its rule %s", result.RuleID)
		}
		results[result.Properties.Target] = append(results[result.Properties.Target], result)
	}
	return results
}

// holdResult holds what a result says about its target.
func holdResult(t *testing.T, r *judge.Report, result sarifResultReading) {
	t.Helper()
	if result.Message.Text == "" || result.Properties.Verdict != r.Verdict {
		t.Errorf("%s: the message is %q, the properties are %+v", r.Target.Name, result.Message.Text, result.Properties)
	}
	if len(result.Locations) != 1 || len(result.Locations[0].LogicalLocations) != 1 {
		t.Fatalf("%s: the locations are %+v", r.Target.Name, result.Locations)
	}
	logical, physical := result.Locations[0].LogicalLocations[0], result.Locations[0].PhysicalLocation
	if logical.Name != r.Target.Name || logical.FullyQualifiedName != result.PartialFingerprints["target/v1"] {
		t.Errorf("%s: the logical location is %+v, the fingerprints are %v", r.Target.Name, logical, result.PartialFingerprints)
	}
	if r.Manifest == nil || r.Manifest.File == "-" {
		if physical != nil {
			t.Errorf("%s is in no file, and has the location %+v", r.Target.Name, physical)
		}
		return
	}
	if physical == nil {
		t.Fatalf("%s has no file", r.Target.Name)
	}
	uri, err := url.Parse(physical.ArtifactLocation.URI)
	if err != nil {
		t.Fatal(err)
	}
	want := url.URL{Path: path.Clean(r.Manifest.File)}
	if path.IsAbs(want.Path) {
		want.Scheme = "file"
	}
	if uri.Scheme != want.Scheme || uri.Host != "" || path.Clean(uri.Path) != want.Path || uri.RawQuery != "" || uri.Fragment != "" {
		t.Errorf("the URI of %s is %s", r.Manifest.File, uri)
	}
	region, line := physical.Region, r.Manifest.Line
	if (region != nil) != (line > 0) || region != nil && region.StartLine != line {
		t.Errorf("the region of %+v is %+v", *r.Manifest, region)
	}
}
