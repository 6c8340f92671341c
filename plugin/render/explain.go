package render

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// Explain returns the full text of reports, one after the other.
func Explain(reports []*judge.Report, s Style) string {
	return each(reports, s, (*page).report)
}

// The labels of a finding are in a column of their own.
const (
	labelIndent = 2
	labelWidth  = 7
)

// each writes reports one after the other, each with its own short names, below where they are from.
func each(reports []*judge.Report, s Style, write func(*page, *judge.Report)) string {
	texts := make([]string, len(reports))
	for i, r := range reports {
		texts[i] = inShort(accountOf(r), s, func(p *page) { write(p, r) })
	}
	p := newPage(s)
	p.provenance(reports)
	return p.String() + strings.Join(texts, "\n")
}

// report writes one answer: the verdict, the chain, what was found, how to fix it, and what to run next. Each fact is in it once:
// what the chain shows is no finding, and a note, which changes nothing, is for -o wide.
func (p *page) report(r *judge.Report) {
	p.answer(r)
	p.expectation(r)
	p.chain(r)
	p.breaks(r)
	p.undecided(r)
	p.risks(r)
	if p.style.Wide {
		p.notes(r)
		p.gaps(r.Unknown)
		p.skipped(r.Checks)
		p.count(r)
	}
	p.next(r)
}

// ofClass are the findings of a class.
func ofClass(r *judge.Report, class check.Class) []judge.Finding {
	var found []judge.Finding
	for _, f := range r.Findings {
		if f.Class == class {
			found = append(found, f)
		}
	}
	return found
}

// breaks writes what breaks the pod, each with its fix; those that one command fixes have it in common.
func (p *page) breaks(r *judge.Report) {
	broken := ofClass(r, check.Breaks)
	together := len(broken) > 1 && !slices.ContainsFunc(broken, func(f judge.Finding) bool {
		return !sameFix(f.Fix, broken[0].Fix)
	})
	for _, f := range broken {
		p.finding(r, f)
		if !together {
			p.fix(r, f)
		}
	}
	if together {
		p.fix(r, broken...)
	}
}

// sameFix reports whether one command makes two fixes, or they are one.
func sameFix(a, b *judge.Fix) bool {
	switch {
	case a == nil || b == nil:
		return false
	case a.Bind != "" || b.Bind != "":
		return a.Bind == b.Bind
	default:
		return a.Summary != "" && a.Summary == b.Summary && slices.Equal(a.Commands, b.Commands) && slices.Equal(a.Edits, b.Edits)
	}
}

// undecided writes the findings about something unknown that decides.
func (p *page) undecided(r *judge.Report) {
	for _, f := range undecided(r) {
		p.finding(r, f)
		p.fix(r, f)
	}
}

// undecided are the findings that leave a verdict open.
func undecided(r *judge.Report) []judge.Finding {
	if r.Verdict != judge.Undetermined {
		return nil
	}
	return slices.DeleteFunc(ofClass(r, check.Note), func(f judge.Finding) bool {
		c, ok := check.ByCode(f.Code)
		return !ok || !c.Gap
	})
}

// finding writes what was found: where, what is there and what should be, and why that matters.
func (p *page) finding(r *judge.Report, f judge.Finding) {
	p.blank()
	p.title("FINDING", f)
	p.details(r, f)
}

// title writes the heading of a finding, its code and its title.
func (p *page) title(heading string, f judge.Finding) {
	color := p.palette.warn
	switch f.Class {
	case check.Breaks:
		color = p.palette.bad
	case check.Note:
		color = p.palette.strong
	case check.Risk:
	}
	p.heading(heading, dressed(color, p.value(string(f.Code)))+": ", f.Title)
}

// heading writes a heading and behind it, after words that are escaped already, a sentence.
func (p *page) heading(heading, words, text string) {
	p.paragraph(dressed(p.palette.strong, heading)+"  "+words, labelIndent+labelWidth, text)
}

// details writes all of a finding but its title and its fix.
func (p *page) details(r *judge.Report, f judge.Finding) {
	if len(f.After) > 0 {
		verb := " is fixed"
		if len(f.After) > 1 {
			verb = " are fixed"
		}
		p.label("after", strings.Join(f.After, " and ")+verb)
	}
	if len(r.Containers) > 1 && len(f.Containers) > 0 {
		p.label("in", containersWords(f.Containers))
	}
	if f.Where != "" {
		p.label("where", f.Where)
	}
	p.haveNeed(f.Have, f.Need)
	if f.Why != "" {
		p.label("why", f.Why)
	}
	if p.style.Wide {
		for i, line := range f.Evidence {
			p.field(labelIndent, labelOnce("evidence", i), len("evidence "), line)
		}
	}
}

// risks writes what works and allows more than it should: a line each, and a line for the fix; in full with -o wide.
func (p *page) risks(r *judge.Report) {
	for i, f := range ofClass(r, check.Risk) {
		if i == 0 || p.style.Wide {
			p.blank()
		}
		p.title("RISK", f)
		if p.style.Wide {
			p.details(r, f)
			p.fix(r, f)
			continue
		}
		if f.Fix != nil {
			for i, line := range p.summaries(f.Fix) {
				p.wrapped(strings.Repeat(" ", labelIndent)+pad(labelOnce("fix", i), labelWidth), labelIndent+labelWidth, line)
			}
		}
	}
}

// notes writes what is worth knowing and changes nothing.
func (p *page) notes(r *judge.Report) {
	open := undecided(r)
	for _, f := range ofClass(r, check.Note) {
		if slices.ContainsFunc(open, func(o judge.Finding) bool { return o.Code == f.Code }) {
			continue
		}
		p.blank()
		p.title("NOTE", f)
		p.details(r, f)
		p.fix(r, f)
	}
}

func (p *page) label(label, text string) { p.field(labelIndent, label, labelWidth, text) }

func containersWords(names []string) string {
	if len(names) == 1 {
		return "container " + names[0]
	}
	return "containers " + strings.Join(names, ", ")
}

// labelOnce returns the label for the first of several lines.
func labelOnce(label string, i int) string {
	if i > 0 {
		return ""
	}
	return label
}
