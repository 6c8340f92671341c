package render

import (
	"strconv"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// gaps writes what is unknown, with the reason; what has the same reason is in one group.
func (p *page) gaps(gaps []fact.Gap) {
	if len(gaps) == 0 {
		return
	}
	p.blank()
	p.WriteString(dressed(p.palette.strong, "UNKNOWN") + "\n")
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

// A gapGroup is what is unknown for one reason.
type gapGroup struct {
	reason string
	what   []string
}

// byReason groups what is unknown for the same reason, in the order of first mention.
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

// skipped writes the checks that have no answer or were skipped, and why.
func (p *page) skipped(checks []judge.CheckedOutcome) {
	for _, part := range []struct {
		heading string
		result  check.Result
	}{{"CHECKS WITHOUT AN ANSWER", check.Unknown}, {"SKIPPED", check.Skip}} {
		first := true
		for _, c := range checks {
			if c.Result != part.result {
				continue
			}
			if first {
				p.blank()
				p.WriteString(dressed(p.palette.strong, part.heading) + "\n")
				first = false
			}
			why := c.Why
			if _, isCode := check.ByCode(check.Code(why)); isCode {
				why = "see " + why
			}
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
		{results[check.Unknown], " unknown", " unknown"},
		{results[check.Skip], " skipped", " skipped"},
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
