package render

import (
	"strconv"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// The labels of a finding stand in a column of their own.
const (
	labelIndent = 2
	labelWidth  = 7
)

// Explain returns the full text of reports, one after the other.
func Explain(reports []*judge.Report, s Style) string {
	return each(reports, s, (*page).report)
}

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

func (p *page) report(r *judge.Report) {
	p.answer(r)
	p.expectation(r)
	p.chain(r.Chain)
	for _, class := range []check.Class{check.Breaks, check.Risk, check.Note} {
		for _, f := range r.Findings {
			if f.Class == class {
				p.finding(f, len(r.Containers) > 1)
			}
		}
	}
	p.gaps(r.Unknown)
	if p.style.Wide {
		p.skipped(r.Checks)
	}
	p.count(r)
}

// chain writes the links from the pod to AWS, up to the first broken one.
func (p *page) chain(links []judge.ChainLink) {
	if len(links) == 0 {
		return
	}
	p.blank()
	nameWidth, wordWidth := 0, 0
	for _, l := range links {
		nameWidth = max(nameWidth, columns(p.prose(string(l.Link))))
		wordWidth = max(wordWidth, len(resultWord(l.Result)))
	}
	for _, l := range links {
		s := p.resultSign(l.Result)
		head := "  " + pad(dressed(s.color, s.mark+" "+resultWord(l.Result)), len("x ")+wordWidth) +
			"  " + pad(p.prose(string(l.Link)), nameWidth) + "  "
		p.paragraph(head, columns(head), l.Text)
		if l.Result == check.Fail {
			return
		}
	}
}

// finding writes one finding: in full where it breaks something, and shorter where it does not.
func (p *page) finding(f judge.Finding, named bool) {
	p.blank()
	p.title(f)
	if len(f.After) > 0 {
		p.label("after", "the fix of "+strings.Join(f.After, " and "))
	}
	if named && len(f.Containers) > 0 {
		p.label("in", containersWords(f.Containers))
	}
	brief := f.Class != check.Breaks && !p.style.Wide
	if f.Where != "" {
		p.label("where", f.Where)
	}
	if !brief || f.Why == "" {
		p.haveNeed(f.Have, f.Need)
	}
	if f.Why != "" {
		p.label("why", f.Why)
	}
	p.fix(f, brief)
	if p.style.Wide {
		for i, line := range f.Evidence {
			p.label(labelOnce("seen", i), line)
		}
	}
}

func (p *page) title(f judge.Finding) {
	code, class := p.value(string(f.Code)), ""
	switch f.Class {
	case check.Breaks:
		code = dressed(p.palette.bad, code)
	case check.Risk:
		code, class = dressed(p.palette.warn, code), "risk: "
	default:
		code, class = dressed(p.palette.strong, code), "note: "
	}
	p.paragraph(code+"  ", labelIndent+labelWidth, class+f.Title)
}

func (p *page) label(label, text string) { p.field(labelIndent, label, labelWidth, text) }

// fix writes what fixes a finding: what it does, the commands as they can be copied, and, where something is
// broken, how sure it is that this fixes it.
func (p *page) fix(f judge.Finding, brief bool) {
	fix := f.Fix
	if fix == nil || fix.Summary == "" && len(fix.Commands) == 0 {
		return
	}
	if len(fix.Edits) == 0 {
		p.label("fix", fix.Summary)
	}
	for i, edit := range fix.Edits {
		p.label(labelOnce("fix", i), "in "+edit.File+", line "+strconv.Itoa(edit.Line)+": "+edit.Do)
	}
	if brief {
		return
	}
	if fix.Bind != "" {
		p.exact(labelIndent, "", labelWidth, fix.Bind)
		p.label("", "or step by step:")
	}
	for _, command := range fix.Steps() {
		p.exact(labelIndent, "", labelWidth, command)
	}
	if fix.Then != "" {
		p.label("then", fix.Then)
	}
	if f.Class == check.Breaks && fix.Then == "" {
		p.proof(fix)
	}
	if fix.Probe != "" {
		p.label("probe", "does it mutate them? A dry run creates nothing, and prints aws-iam-token or eks-pod-identity-token if so:")
		p.exact(labelIndent, "", labelWidth, fix.Probe)
	}
}

// proof writes how sure it is that a fix is one, and what that rests on.
func (p *page) proof(fix *judge.Fix) {
	if !fix.Proved {
		p.label("", "advice: not proved on the snapshot")
		return
	}
	with, rests := "", ""
	if len(fix.With) > 0 {
		with = " together with the fix of " + strings.Join(fix.With, " and ")
	}
	if len(fix.RestsOn) > 0 {
		rests = ", if " + strings.Join(fix.RestsOn, ", and if ")
	}
	p.paragraph(strings.Repeat(" ", labelIndent+labelWidth)+dressed(p.palette.good, "proved")+": ", labelIndent+labelWidth,
		"applied to the snapshot"+with+", the answer becomes works"+rests)
}

// gaps writes what is not known, with the reason; what has the same reason stands together.
func (p *page) gaps(gaps []fact.Gap) {
	if len(gaps) == 0 {
		return
	}
	p.blank()
	p.WriteString("not known\n")
	s := p.resultSign(check.Unknown)
	for _, group := range byReason(gaps) {
		head := "  " + dressed(s.color, s.mark) + " "
		if len(group.what) == 1 {
			p.paragraph(head, 4, group.what[0]+": "+group.reason)
			continue
		}
		p.paragraph(head, 4, group.reason)
		for _, what := range group.what {
			p.paragraph("      ", 8, what)
		}
	}
}

// A gapGroup is what is not known for one reason.
type gapGroup struct {
	reason string
	what   []string
}

// byReason puts together what is not known for the same reason, in the order of first mention.
func byReason(gaps []fact.Gap) []gapGroup {
	var groups []gapGroup
	place := map[string]int{}
	seen := map[fact.Gap]bool{}
	for _, g := range gaps {
		if seen[g] {
			continue
		}
		seen[g] = true
		i, ok := place[g.Reason]
		if !ok {
			i = len(groups)
			place[g.Reason] = i
			groups = append(groups, gapGroup{reason: g.Reason})
		}
		groups[i].what = append(groups[i].what, g.What)
	}
	return groups
}

// skipped writes the checks that do not apply or could not answer, and why.
func (p *page) skipped(checks []judge.CheckedOutcome) {
	for _, part := range []struct {
		heading string
		result  check.Result
	}{{"could not be answered", check.Unknown}, {"do not apply", check.Skip}} {
		first := true
		for _, c := range checks {
			if c.Result != part.result {
				continue
			}
			if first {
				p.blank()
				p.WriteString(part.heading + "\n")
				first = false
			}
			why := c.Why
			for _, g := range byReason(c.Gaps) {
				why = strings.TrimPrefix(why+"; "+strings.Join(g.what, ", ")+": "+g.reason, "; ")
			}
			p.paragraph("  "+p.value(string(c.Code))+"  ", len("  IRSA101  "), why)
		}
	}
}

// count writes how the checks came out.
func (p *page) count(r *judge.Report) {
	if len(r.Checks) == 0 {
		return
	}
	results := map[check.Result]int{}
	for _, c := range r.Checks {
		results[c.Result]++
	}
	classes := map[check.Class]int{}
	for _, f := range r.Findings {
		classes[f.Class]++
	}
	// A risk or a note is found by a check that "fails", which is no failure of the pod.
	failed := max(0, results[check.Fail]-classes[check.Risk]-classes[check.Note])
	parts := []string{strconv.Itoa(results[check.Pass]) + " passed"}
	for _, part := range []struct {
		n         int
		one, many string
	}{
		{failed, " failed", " failed"},
		{classes[check.Risk], " risk", " risks"},
		{classes[check.Note], " note", " notes"},
		{results[check.Unknown], " not known", " not known"},
		{results[check.Skip], " does not apply", " do not apply"},
	} {
		switch part.n {
		case 0:
		case 1:
			parts = append(parts, "1"+part.one)
		default:
			parts = append(parts, strconv.Itoa(part.n)+part.many)
		}
	}
	p.blank()
	p.WriteString(strings.Join(parts, ", ") + "\n")
}

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
