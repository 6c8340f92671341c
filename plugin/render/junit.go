package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// The elements of JUnit's XML that continuous integration reads: a suite for each namespace, a case for each target.
type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Name    string       `xml:"name,attr"`
	Suites  []junitSuite `xml:"testsuite"`
	junitCount
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCount
	Properties *junitProperties `xml:"properties"`
	Cases      []junitCase      `xml:"testcase"`
}

// junitProperties are where the answers are from. Readers of the format know properties of a suite, and some of the root.
type junitProperties struct {
	Properties []junitProperty `xml:"property"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCount struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitCase struct {
	ClassName string        `xml:"classname,attr"`
	Name      string        `xml:"name,attr"`
	File      string        `xml:"file,attr,omitempty"`
	Line      int           `xml:"line,attr,omitempty"`
	Failure   *junitProblem `xml:"failure"`
	Error     *junitProblem `xml:"error"`
	Skipped   *junitProblem `xml:"skipped"`
	Output    *junitOutput  `xml:"system-out"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

type junitOutput struct {
	Text string `xml:",cdata"`
}

// JUnit returns reports as JUnit's XML. What does not pass the gate is a failure, or an error where it is undetermined:
// it could not be tested. What passes it without working (no role is configured, or the gate passes what is undetermined) is
// skipped. Findings are in the text.
func JUnit(reports []*judge.Report, gate Gate) ([]byte, error) {
	all := junitSuites{Name: "kubectl irsa"}
	several := len(batches(reports)) > 1
	for _, b := range batches(WorstFirst(reports)) {
		place := map[string]int{}
		for _, r := range b.reports {
			name := junitSuiteName(r, several)
			i, ok := place[name]
			if !ok {
				i = len(all.Suites)
				place[name] = i
				all.Suites = append(all.Suites, junitSuite{Name: name, Properties: junitPropertiesOf(b.provenance)})
			}
			test := junitCaseOf(r, name, gate)
			all.Suites[i].Cases = append(all.Suites[i].Cases, test)
			all.Suites[i].add(test)
			all.add(test)
		}
	}
	slices.SortStableFunc(all.Suites, func(a, b junitSuite) int { return strings.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	out.WriteString(xml.Header)
	encoder := xml.NewEncoder(&out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return nil, fmt.Errorf("JUnit: %w", err)
	}
	out.WriteString("\n")
	return out.Bytes(), nil
}

// junitSuiteName is the namespace, after the cluster where there are several.
func junitSuiteName(r *judge.Report, several bool) string {
	name := r.Target.Namespace
	if several {
		name = strings.TrimPrefix(provenanceOf(r).Cluster+"/"+name, "/")
	}
	return Escape(name, false)
}

func junitPropertiesOf(p judge.Provenance) *junitProperties {
	var properties []junitProperty
	for _, field := range provenanceFields(p) {
		properties = append(properties, junitProperty{Name: field.name, Value: Escape(field.value, false)})
	}
	if properties == nil {
		return nil
	}
	return &junitProperties{properties}
}

func (c *junitCount) add(test junitCase) {
	c.Tests++
	switch {
	case test.Failure != nil:
		c.Failures++
	case test.Error != nil:
		c.Errors++
	case test.Skipped != nil:
		c.Skipped++
	}
}

// junitCaseOf makes a report a case. All text in it is escaped, so that only characters that XML knows are left.
func junitCaseOf(r *judge.Report, suite string, gate Gate) junitCase {
	test := junitCase{ClassName: suite, Name: Escape(Argument(r.Target), false)}
	if r.Manifest != nil {
		test.File, test.Line = Escape(r.Manifest.File, false), r.Manifest.Line
	}
	text := Explain([]*judge.Report{r}, Style{})
	message := Escape(verdictWords(r.Verdict)+": "+headline(r), false)
	switch {
	case gate.Fails(r) && r.Verdict == judge.Undetermined && !(gate.Risk && hasRisk(r)):
		test.Error = &junitProblem{Message: message, Type: string(judge.Undetermined), Text: text}
	case gate.Fails(r):
		if r.Verdict != judge.Broken {
			message = Escape(risksOf(r), false)
		}
		test.Failure = &junitProblem{Message: message, Type: Escape(strings.Join(tableCodes(r, false), ","), false), Text: text}
	case r.Verdict != judge.Works:
		test.Skipped = &junitProblem{Message: message, Text: text}
	case len(r.Findings)+len(r.Unknown) > 0:
		test.Output = &junitOutput{Text: text}
	}
	return test
}

// risksOf returns the risks of a target.
func risksOf(r *judge.Report) string {
	var titles []string
	for _, f := range r.Findings {
		if f.Class == check.Risk {
			titles = append(titles, f.Title)
		}
	}
	return "risk: " + subject(r.Target) + ": " + strings.Join(titles, "; ")
}
