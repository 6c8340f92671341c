package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// summary writes how many of all targets came out how, what caused that in those that are shown, a line each, and the command
// that explains the worst of them.
func (p *page) summary(all, shown []*judge.Report) {
	byVerdict := map[judge.Verdict]int{}
	for _, r := range all {
		byVerdict[r.Verdict]++
	}
	p.blank()
	p.fitted("", tally(byVerdict))
	if len(all) > 1 {
		p.causes(causesOf(shown))
	}
	if len(shown) > 0 && (shown[0].Verdict == judge.Broken || shown[0].Verdict == judge.Undetermined) {
		p.blank()
		p.fittedHead("NEXT", "Explain the first one:")
		p.exact(labelIndent, "", 0, explainCommand(shown[0].Target, p.style.Source))
	}
}

// As many causes are listed: a person reads the first ones. What is unknown may have a reason of its own for each target.
const (
	mostCauses  = 10
	mostReasons = 3
)

func (p *page) causes(causes []cause) {
	if len(causes) == 0 {
		return
	}
	p.blank()
	reasons := slices.IndexFunc(causes, func(c cause) bool { return c.code == noCode })
	if reasons < 0 {
		reasons = len(causes)
	}
	p.firstCauses(causes[:reasons], mostCauses, " more causes")
	p.firstCauses(causes[reasons:], mostReasons, " more reasons")
}

func (p *page) firstCauses(causes []cause, most int, more string) {
	if len(causes) <= most+1 || !p.style.cuts() { // a line that counts one takes the room of that one
		most = len(causes)
	}
	for _, c := range causes[:most] {
		p.cause(c)
	}
	if rest := len(causes) - most; rest > 0 {
		p.fitted("  ", "and "+strconv.Itoa(rest)+more)
	}
}

// cause writes a line: the code, the title, how many targets have it, and as many of their names as fit.
func (p *page) cause(c cause) {
	color := p.palette.bad
	if c.code == noCode {
		color = p.palette.warn
	}
	head := "  " + dressed(color, p.value(c.code)) + "  "
	title, names := p.prose(c.title), make([]string, len(c.targets))
	for i, t := range c.targets {
		names[i] = p.value(strings.TrimPrefix(t.Namespace+"/"+t.Name, "/"))
	}
	if !p.style.cuts() {
		p.WriteString(head + title + ": " + p.counted(c, names) + "\n")
		return
	}
	room := max(1, p.style.Width-columns(head)-columns(": "))
	names, least := p.fitting(c, names, room-columns(title))
	if least > 0 {
		title = p.cut(title, max(1, room-least))
	}
	p.WriteString(p.cut(head+title+": "+p.counted(c, names), p.style.Width) + "\n")
}

// fitting returns as many names as fit into a line beside the title, and how much room they need at least: where the title is
// too long for them it is cut, rather than the count of targets or the name of a single one.
func (p *page) fitting(c cause, names []string, room int) (fitting []string, least int) {
	const mostOfOne = 24
	if len(names) == 1 {
		return names, min(columns(names[0]), mostOfOne)
	}
	bare := p.counted(c, nil)
	if columns(p.counted(c, names)) <= room {
		return names, 0
	}
	mark := p.plain("…")
	used, n := columns(bare)+columns(" ("+mark+")"), 0
	for n < len(names) && used+columns(names[n])+2 <= room {
		used += columns(names[n]) + 2
		n++
	}
	if n == 0 {
		return nil, columns(bare)
	}
	return append(slices.Clone(names[:n]), mark), 0
}

// counted returns how many targets have a cause, and their names; of a single one the name is enough.
func (p *page) counted(c cause, names []string) string {
	if len(c.targets) == 1 {
		return strings.Join(names, "")
	}
	noun := "pods"
	for _, t := range c.targets {
		if t.Kind != "Pod" {
			noun = "workloads"
		}
	}
	words := strconv.Itoa(len(c.targets)) + " " + noun
	if len(names) > 0 {
		words += " (" + strings.Join(names, ", ") + ")"
	}
	return words
}

// fitted writes a line of our own words, cut at the width of the terminal.
func (p *page) fitted(indent, text string) { p.fittedLine(indent + p.plain(text)) }

// fittedHead is fitted behind a heading.
func (p *page) fittedHead(heading, text string) {
	p.fittedLine(dressed(p.palette.strong, heading) + "  " + p.plain(text))
}

func (p *page) fittedLine(line string) {
	if p.style.cuts() {
		line = p.cut(line, p.style.Width)
	}
	p.WriteString(line + "\n")
}

// noCode stands for a code where something is unknown.
const noCode = "unknown"

type cause struct {
	code, title string
	targets     []workload.Target
}

// causesOf groups reports by what breaks them, the commonest cause first, and after that those that are undetermined by why
// something is unknown.
func causesOf(reports []*judge.Report) []cause {
	var order []string
	byKey := map[string]*cause{}
	add := func(code, title string, r *judge.Report) {
		key := code + " " + title
		if byKey[key] == nil {
			byKey[key] = &cause{code: code, title: title}
			order = append(order, key)
		}
		c := byKey[key]
		if len(c.targets) == 0 || c.targets[len(c.targets)-1] != r.Target {
			c.targets = append(c.targets, r.Target)
		}
	}
	for _, r := range reports {
		for _, f := range r.Findings {
			if f.Class == check.Breaks {
				add(string(f.Code), f.Title, r)
			}
		}
		if r.Verdict == judge.Undetermined {
			for _, reason := range openReasons(r) {
				add(noCode, reason, r)
			}
		}
	}
	causes := make([]cause, len(order))
	for i, key := range order {
		causes[i] = *byKey[key]
	}
	slices.SortStableFunc(causes, func(a, b cause) int {
		switch {
		case a.code == noCode && b.code != noCode:
			return 1
		case b.code == noCode && a.code != noCode:
			return -1
		default:
			return len(b.targets) - len(a.targets)
		}
	})
	return causes
}

// openReasons returns why a verdict is open, each reason once and in words that targets share: without the names of what could
// not be read.
func openReasons(r *judge.Report) []string {
	if found := undecided(r); len(found) > 0 {
		return []string{found[0].Title}
	}
	var reasons []string
	for _, group := range byReason(deciding(r)) {
		reason := group.words()
		if operation, _, _ := strings.Cut(group.what[0], " "); strings.Contains(operation, ":") && strings.HasPrefix(group.reason, "AccessDenied") {
			reason = operation + " was denied"
		}
		if !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}
