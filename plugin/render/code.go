package render

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Codes returns the long text of checks: meaning, example, fix and how to verify it.
func Codes(checks []check.Check, s Style) string {
	p := newPage(s)
	for i, c := range checks {
		if i > 0 {
			p.blank()
		}
		p.code(c)
	}
	return p.String()
}

func (p *page) code(c check.Check) {
	p.paragraph(dressed(p.palette.strong, p.value(string(c.Code)))+"  ", len(c.Code)+2, c.Title)
	p.paragraph("", 0, classWords(c.Class)+" Link of the chain: "+string(c.Link)+".")
	for _, part := range partsOf(c.Doc) {
		p.blank()
		p.WriteString(dressed(p.palette.strong, part.heading) + "\n")
		p.document(part.text)
	}
}

// A docPart is one part of a code's long text.
type docPart struct{ heading, text string }

func partsOf(d check.Doc) []docPart {
	return []docPart{
		{"Meaning", d.Means},
		{"Example", d.Example},
		{"Fix", d.Fix},
		{"Verify", d.Verify},
	}
}

func classWords(c check.Class) string {
	switch c {
	case check.Breaks:
		return "Breaks: the container does not get the intended credentials."
	case check.Risk:
		return "Risk: the credentials work, but more is allowed than necessary."
	default:
		return "Note: for information, it does not decide the verdict."
	}
}

// document writes paragraphs: lines that follow each other are wrapped together, a line that starts with
// white space (code, an example) is left as it is, an empty line ends a paragraph.
func (p *page) document(text string) {
	const indent = "  "
	var sentence []string
	flush := func() {
		if len(sentence) > 0 {
			p.paragraph(indent, len(indent), strings.Join(sentence, " "))
			sentence = nil
		}
	}
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		switch {
		case strings.TrimSpace(line) == "":
			flush()
			p.blank()
		case strings.HasPrefix(line, " "), strings.HasPrefix(line, "\t"):
			flush()
			p.WriteString(indent + p.value(strings.TrimRight(strings.ReplaceAll(line, "\t", "    "), " ")) + "\n")
		default:
			sentence = append(sentence, line)
		}
	}
	flush()
}

// Catalogue returns the table of checks. Their titles are wrapped on a terminal that is too narrow for them, not cut.
func Catalogue(checks []check.Check, s Style) string {
	p := newPage(s)
	rows := make([][]cell, 0, len(checks)+1)
	if !s.NoHeaders {
		rows = append(rows, []cell{{text: "CODE"}, {text: "CLASS"}, {text: "LINK"}, {text: "FINDING"}})
	}
	for _, c := range checks {
		rows = append(rows, []cell{{text: p.value(string(c.Code))}, {text: p.value(string(c.Class))}, {text: p.value(string(c.Link))}, {text: p.prose(c.Title)}})
	}
	widths := make([]int, 3)
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], columns(row[i].text))
		}
	}
	for _, row := range rows {
		head := ""
		for i, width := range widths {
			head += pad(row[i].text, width+gutter)
		}
		lines := []string{row[len(widths)].text}
		if s.Width > 0 {
			lines = wrap(lines[0], s.Width-columns(head), s.Width-columns(head))
		}
		for i, line := range lines {
			p.WriteString(labelOnce(head, i) + strings.Repeat(" ", columns(head)-columns(labelOnce(head, i))) + line + "\n")
		}
	}
	return p.String()
}

// A Code is the JSON form of a check: what is known about it without a pod.
type Code struct {
	APIVersion string      `json:"apiVersion"`
	Kind       string      `json:"kind"`
	Code       string      `json:"code"`
	Class      check.Class `json:"class"`
	Link       check.Link  `json:"link"`
	Title      string      `json:"title"`
	Means      string      `json:"means"`
	Example    string      `json:"example"`
	Fix        string      `json:"fix"`
	Verify     string      `json:"verify"`
}

// A CodeList is the JSON form of several checks.
type CodeList struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Items      []Code `json:"items"`
}

// CodeOf returns the JSON form of a check.
func CodeOf(c check.Check) Code {
	return Code{
		APIVersion: snapshot.APIVersion, Kind: "Code", Code: string(c.Code), Class: c.Class, Link: c.Link, Title: c.Title,
		Means: c.Doc.Means, Example: c.Doc.Example, Fix: c.Doc.Fix, Verify: c.Doc.Verify,
	}
}

// CodesOf returns the list of checks.
func CodesOf(checks []check.Check) CodeList {
	list := CodeList{APIVersion: snapshot.APIVersion, Kind: "CodeList", Items: make([]Code, len(checks))}
	for i, c := range checks {
		list.Items[i] = CodeOf(c)
	}
	return list
}
