package render

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	projectPage = "https://github.com/kubectl-irsa/kubectl-irsa"
	// undeterminedRule is the rule of targets of which it cannot be told whether they get their credentials.
	undeterminedRule = "undetermined"
)

// SARIF returns reports as a SARIF 2.1.0 log: the checks are its rules, the findings its results, the worst first. A
// target that is undetermined is a result of the kind open (SARIF 2.1.0, 3.27.9), which neither fails nor passes.
// version is that of the program.
func SARIF(reports []*judge.Report, checks []check.Check, version string) ([]byte, error) {
	run := sarif.NewRunWithInformationURI("kubectl-irsa", projectPage)
	run.Tool.Driver.WithVersion(version)
	index := map[string]int{}
	for i, c := range checks {
		run.Tool.Driver.AddRule(sarifRule(c))
		index[string(c.Code)] = i
	}
	index[undeterminedRule] = len(checks)
	run.Tool.Driver.AddRule(sarif.NewRule(undeterminedRule).
		WithDescription("it cannot be told whether the target gets its AWS credentials").
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarif.LevelWarning)))
	for _, r := range worstFirst(reports) {
		for _, f := range r.Findings {
			result := sarifResult(r, string(f.Code), index).WithLevel(sarifLevel(f.Class)).WithMessage(sarifFinding(r, f))
			if f.Fix != nil {
				result.Properties.Add("fix", f.Fix)
			}
			run.AddResult(result)
		}
		if r.Verdict == judge.Undetermined {
			run.AddResult(sarifResult(r, undeterminedRule, index).
				WithKind("open").WithLevel(sarif.LevelNone).WithMessage(sarifUnknown(r)))
		}
	}
	log := sarif.NewReport().AddRun(run)
	log.Schema = sarifSchema
	return JSON(log)
}

func sarifRule(c check.Check) *sarif.ReportingDescriptor {
	text := []string{}
	markdown := []string{}
	for _, part := range partsOf(c.Doc) {
		text = append(text, part.heading+"\n\n"+part.text)
		markdown = append(markdown, "## "+part.heading+"\n\n"+sarifMarkdown(part.text))
	}
	rule := sarif.NewRule(string(c.Code)).
		WithDescription(c.Title).
		WithFullDescription(sarif.NewMultiformatMessageString().WithText(strings.Join(strings.Fields(c.Doc.Means), " "))).
		WithHelp(sarif.NewMultiformatMessageString().WithText(strings.Join(text, "\n\n")).WithMarkdown(strings.Join(markdown, "\n\n"))).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarifLevel(c.Class)))
	return rule.WithProperties(sarif.NewPropertyBag().WithTags([]string{string(c.Class), string(c.Link)}))
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
		return sarif.LevelError
	case check.Risk:
		return sarif.LevelWarning
	default:
		return sarif.LevelNote
	}
}

// sarifResult is a result without its message: what it is about, and by what a later run knows it again.
func sarifResult(r *judge.Report, rule string, index map[string]int) *sarif.Result {
	result := sarif.NewRuleResult(Escape(rule, false)).AddLocation(sarifLocation(r))
	if i, ok := index[rule]; ok {
		result.WithRuleIndex(i)
	}
	if r.Pods != nil && r.Pods.ByVerdict[r.Verdict] > 0 {
		result.WithOccurrenceCount(r.Pods.ByVerdict[r.Verdict])
	}
	result.PartialFingerprints = map[string]string{"target/v1": sarifName(r.Target)}
	return result.WithProperties(sarif.NewPropertyBag().Add("target", r.Target).Add("verdict", r.Verdict))
}

// sarifName names a target fully: shop/deployment/web.
func sarifName(t workload.Target) string {
	return Escape(strings.TrimPrefix(t.Namespace+"/"+Argument(t), "/"), false)
}

func sarifLocation(r *judge.Report) *sarif.Location {
	location := sarif.NewLocation().AddLogicalLocation(sarif.NewLogicalLocation().
		WithName(Escape(r.Target.Name, false)).WithFullyQualifiedName(sarifName(r.Target)).WithKind("resource"))
	if r.Manifest == nil || r.Manifest.File == "-" {
		return location
	}
	physical := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(fileURI(r.Manifest.File)))
	if r.Manifest.Line > 0 {
		physical.WithRegion(sarif.NewRegion().WithStartLine(r.Manifest.Line))
	}
	return location.WithPhysicalLocation(physical)
}

// fileURI returns the URI of a file: a relative one where its name is.
func fileURI(name string) string {
	path := filepath.ToSlash(filepath.Clean(name))
	if !filepath.IsAbs(name) {
		return (&url.URL{Path: path}).String()
	}
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(path, "/")}).String()
}

func sarifFinding(r *judge.Report, f judge.Finding) *sarif.Message {
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

func sarifUnknown(r *judge.Report) *sarif.Message {
	lines := []string{headline(r) + "."}
	for _, group := range byReason(r.Unknown) {
		lines = append(lines, "not known: "+strings.Join(group.what, ", ")+": "+group.reason)
	}
	return sarifMessage(lines)
}

// sarifMessage is a message of several lines. In one, braces are doubled and brackets before a parenthesis are a link
// (SARIF 2.1.0, 3.11.5 and 3.11.6), which no name from a cluster is to make.
func sarifMessage(lines []string) *sarif.Message {
	literal := strings.NewReplacer("{", "{{", "}", "}}", "](", "] (")
	for i, line := range lines {
		lines[i] = literal.Replace(Escape(line, false))
	}
	return sarif.NewTextMessage(strings.Join(lines, "\n"))
}
