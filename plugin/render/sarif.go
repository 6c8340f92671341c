package render

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	projectPage = "https://github.com/kubectl-irsa/kubectl-irsa"
	// undeterminedRule is the rule of targets of which it is unknown whether they get their AWS credentials.
	undeterminedRule = "undetermined"
)

// The objects of SARIF 2.1.0, with those of their members that are written here. What has the default of the schema is left
// out, but for levels: the default of a result's level depends on its rule (3.27.10).
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	AutomationDetails sarifAutomation     `json:"automationDetails"`
	Results           []sarifResult       `json:"results"` // empty, not absent, where nothing was found: the schema says so of a scan
	Properties        *sarifRunProperties `json:"properties,omitempty"`
}

// sarifAutomation names a run (SARIF 2.1.0, 3.17): the part up to the last slash is the same for each run about the same cluster.
// GitHub's code scanning takes that part as the category, and replaces what an earlier run of the category has reported
// (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
type sarifAutomation struct {
	ID string `json:"id"`
}

type sarifRunProperties struct {
	Provenance judge.Provenance `json:"provenance"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID                   string             `json:"id"`
	ShortDescription     sarifText          `json:"shortDescription"`
	FullDescription      *sarifText         `json:"fullDescription,omitempty"`
	Help                 *sarifText         `json:"help,omitempty"`
	DefaultConfiguration sarifConfiguration `json:"defaultConfiguration"`
	Properties           *sarifTags         `json:"properties,omitempty"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifTags struct {
	Tags []string `json:"tags"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifResult struct {
	RuleID              string            `json:"ruleId"`
	RuleIndex           *int              `json:"ruleIndex,omitempty"`
	Kind                string            `json:"kind,omitempty"`
	Level               string            `json:"level"`
	Message             sarifText         `json:"message"`
	Locations           []sarifLocation   `json:"locations"`
	OccurrenceCount     int               `json:"occurrenceCount,omitempty"`
	PartialFingerprints map[string]string `json:"partialFingerprints"`
	Properties          sarifProperties   `json:"properties"`
}

type sarifProperties struct {
	Target  workload.Target `json:"target"`
	Verdict judge.Verdict   `json:"verdict"`
	Fix     *judge.Fix      `json:"fix,omitempty"`
}

type sarifLocation struct {
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations"`
}

type sarifPhysical struct {
	Artifact struct {
		URI string `json:"uri"`
	} `json:"artifactLocation"`
	Region *sarifRegion `json:"region,omitempty"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

type sarifLogical struct {
	Name               string `json:"name"`
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}

// SARIF returns reports as a SARIF 2.1.0 log: the checks are its rules, the findings its results, the worst first. A
// target that is undetermined is a result of the kind open (SARIF 2.1.0, 3.27.9), which neither fails nor passes.
// version is that of the program.
func SARIF(reports []*judge.Report, checks []check.Check, version string) ([]byte, error) {
	driver := sarifDriver{Name: "kubectl-irsa", Version: version, InformationURI: projectPage}
	index := map[string]int{}
	for i, c := range checks {
		driver.Rules = append(driver.Rules, sarifRuleOf(c))
		index[string(c.Code)] = i
	}
	index[undeterminedRule] = len(checks)
	driver.Rules = append(driver.Rules, sarifRule{
		ID:                   undeterminedRule,
		ShortDescription:     sarifText{Text: "it is unknown whether the target gets its AWS credentials"},
		DefaultConfiguration: sarifConfiguration{Level: "warning"},
	})
	all := batches(WorstFirst(reports))
	if len(all) == 0 {
		all = []batch{{}}
	}
	log := sarifLog{Schema: sarifSchema, Version: "2.1.0"}
	for _, b := range all {
		log.Runs = append(log.Runs, sarifRunOf(b, driver, index))
	}
	return JSON(log)
}

// sarifRunOf returns the run of one cluster.
func sarifRunOf(b batch, driver sarifDriver, index map[string]int) sarifRun {
	run := sarifRun{Results: []sarifResult{}, AutomationDetails: sarifAutomationOf(b.provenance)}
	run.Tool.Driver = driver
	if b.provenance != (judge.Provenance{}) {
		run.Properties = &sarifRunProperties{b.provenance}
	}
	for _, r := range b.reports {
		for _, f := range r.Findings {
			result := sarifResultOf(r, string(f.Code), index)
			result.Level, result.Message, result.Properties.Fix = sarifLevel(f.Class), sarifFinding(r, f), f.Fix
			run.Results = append(run.Results, result)
		}
		if r.Verdict == judge.Undetermined {
			result := sarifResultOf(r, undeterminedRule, index)
			result.Kind, result.Level, result.Message = "open", "none", sarifUnknown(r)
			run.Results = append(run.Results, result)
		}
	}
	return run
}

// sarifAutomationOf names the run: the tool, the cluster, and when it was read.
func sarifAutomationOf(p judge.Provenance) sarifAutomation {
	id := "kubectl-irsa/"
	for _, part := range []string{p.Account, p.Region, p.Cluster} {
		if part != "" {
			id += strings.ReplaceAll(Escape(part, false), "/", "-") + "/"
		}
	}
	return sarifAutomation{id + p.Time}
}

func sarifRuleOf(c check.Check) sarifRule {
	text := []string{}
	markdown := []string{}
	for _, part := range partsOf(c.Doc) {
		text = append(text, part.heading+"\n\n"+part.text)
		markdown = append(markdown, "## "+part.heading+"\n\n"+sarifMarkdown(part.text))
	}
	return sarifRule{
		ID:                   string(c.Code),
		ShortDescription:     sarifText{Text: c.Title},
		FullDescription:      &sarifText{Text: strings.Join(strings.Fields(c.Doc.Means), " ")},
		Help:                 &sarifText{Text: strings.Join(text, "\n\n"), Markdown: strings.Join(markdown, "\n\n")},
		DefaultConfiguration: sarifConfiguration{Level: sarifLevel(c.Class)},
		Properties:           &sarifTags{Tags: []string{string(c.Class), string(c.Link)}},
	}
}

// sarifMarkdown keeps prose from being taken for markup. Lines that begin with white space are code, in Markdown too.
func sarifMarkdown(text string) string {
	prose := strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "`", "\\`")
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			lines[i] = prose.Replace(line)
		}
	}
	return strings.Join(lines, "\n")
}

func sarifLevel(c check.Class) string {
	switch c {
	case check.Breaks:
		return "error"
	case check.Risk:
		return "warning"
	default:
		return "note"
	}
}

// sarifResultOf is a result without its level and message: what it is about, and by what a later run knows it again.
func sarifResultOf(r *judge.Report, rule string, index map[string]int) sarifResult {
	result := sarifResult{
		RuleID:              Escape(rule, false),
		Locations:           []sarifLocation{sarifLocationOf(r)},
		PartialFingerprints: map[string]string{"target/v1": sarifName(r.Target)},
		Properties:          sarifProperties{Target: r.Target, Verdict: r.Verdict},
	}
	if i, ok := index[rule]; ok {
		result.RuleIndex = &i
	}
	if r.Pods != nil {
		result.OccurrenceCount = r.Pods.ByVerdict[r.Verdict]
	}
	return result
}

// sarifName names a target fully: shop/deployment/web.
func sarifName(t workload.Target) string {
	return Escape(strings.TrimPrefix(t.Namespace+"/"+Argument(t), "/"), false)
}

func sarifLocationOf(r *judge.Report) sarifLocation {
	location := sarifLocation{Logical: []sarifLogical{{
		Name: Escape(r.Target.Name, false), FullyQualifiedName: sarifName(r.Target), Kind: "resource",
	}}}
	if r.Manifest == nil || r.Manifest.File == "-" {
		return location
	}
	location.Physical = &sarifPhysical{}
	location.Physical.Artifact.URI = fileURI(r.Manifest.File)
	if r.Manifest.Line > 0 {
		location.Physical.Region = &sarifRegion{StartLine: r.Manifest.Line}
	}
	return location
}

// fileURI returns the URI of a file: a relative one where its name is.
func fileURI(name string) string {
	path := filepath.ToSlash(filepath.Clean(name))
	if !filepath.IsAbs(name) {
		return (&url.URL{Path: path}).String()
	}
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(path, "/")}).String()
}

func sarifFinding(r *judge.Report, f judge.Finding) sarifText {
	lines := []string{subject(r.Target) + ": " + f.Title + "."}
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, label+": "+text)
		}
	}
	add("in", containersIn(r, f))
	add("where", f.Where)
	add("have", f.Have)
	add("need", f.Need)
	add("why", f.Why)
	if f.Fix != nil {
		add("fix", f.Fix.Summary)
	}
	return sarifMessage(lines)
}

// containersIn names the containers of a finding where there are others.
func containersIn(r *judge.Report, f judge.Finding) string {
	if len(r.Containers) < 2 || len(f.Containers) == 0 {
		return ""
	}
	return containersWords(f.Containers)
}

func sarifUnknown(r *judge.Report) sarifText {
	lines := []string{headline(r) + "."}
	for _, group := range byReason(r.Unknown) {
		lines = append(lines, "unknown: "+strings.Join(group.what, ", ")+": "+group.reason)
	}
	return sarifMessage(lines)
}

// sarifMessage is a message of several lines. In one, braces are doubled and brackets before a parenthesis are a link
// (SARIF 2.1.0, 3.11.5 and 3.11.6), which no name from a cluster may make.
func sarifMessage(lines []string) sarifText {
	literal := strings.NewReplacer("{", "{{", "}", "}}", "](", "] (")
	for i, line := range lines {
		lines[i] = literal.Replace(Escape(line, false))
	}
	return sarifText{Text: strings.Join(lines, "\n")}
}
