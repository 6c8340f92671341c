package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// widestCell is the width up to which cells take part in the alignment of a column; a longer one (names
// may come from a file, and be anything) only moves its own line.
const widestCell = 64

// Table returns many reports as a table, the worst first, and below it what caused the verdicts.
func Table(reports []*judge.Report, s Style) string {
	p := newPage(s)
	p.provenance(reports)
	sorted := WorstFirst(reports)
	rows := [][]cell{{{text: "NAMESPACE"}, {text: "NAME"}, {text: "PODS"}, {text: "VERDICT"}, {text: "CODES"}, {text: "IDENTITY"}}}
	for _, r := range sorted {
		rows = append(rows, p.row(r))
	}
	p.table(rows)
	p.unmet(sorted)
	p.summary(sorted)
	return p.String()
}

// A cell is an escaped text and its colour.
type cell struct {
	text  string
	color func(string) string
}

func (p *page) row(r *judge.Report) []cell {
	s := p.verdictSign(r.Verdict)
	pods := "1"
	if r.Pods != nil {
		pods = strconv.Itoa(r.Pods.Total)
		if n := r.Pods.ByVerdict[r.Verdict]; n != r.Pods.Total {
			pods = strconv.Itoa(n) + "/" + pods
		}
	}
	return []cell{
		{text: p.value(orNone(r.Target.Namespace))},
		{text: p.value(Argument(r.Target))},
		{text: pods},
		{s.mark + " " + p.prose(verdictWords(r.Verdict)), s.color},
		{text: p.value(orNone(strings.Join(tableCodes(r, p.style.Wide), ",")))},
		{text: p.value(identitiesOf(r, p.style.Wide))},
	}
}

// table writes rows in columns three blanks apart, as kubectl does.
func (p *page) table(rows [][]cell) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, c := range row {
			if w := columns(c.text); w <= widestCell {
				widths[i] = max(widths[i], w)
			}
		}
	}
	const gutter = "   "
	for _, row := range rows {
		last := len(row) - 1
		for i, c := range row {
			text := dressed(c.color, c.text)
			if i < last {
				text = pad(text, widths[i]) + gutter
			}
			p.WriteString(text)
		}
		p.WriteString("\n")
	}
}

// breaking returns the codes that decide a broken report, without duplicates.
func breaking(r *judge.Report) []string { return codesOf(r, check.Breaks) }

// tableCodes returns the codes of a line: what breaks, or else what is a risk; with wide all of them.
func tableCodes(r *judge.Report, wide bool) []string {
	if wide {
		return codesOf(r, check.Breaks, check.Risk, check.Note)
	}
	if codes := breaking(r); len(codes) > 0 {
		return codes
	}
	return codesOf(r, check.Risk)
}

func codesOf(r *judge.Report, classes ...check.Class) []string {
	var codes []string
	for _, class := range classes {
		for _, f := range r.Findings {
			if f.Class == class && !slices.Contains(codes, string(f.Code)) {
				codes = append(codes, string(f.Code))
			}
		}
	}
	return codes
}

// identitiesOf returns who the containers of a report are, in short: the role where there is one (its name,
// or with wide its ARN), and where the credentials come from.
func identitiesOf(r *judge.Report, wide bool) string {
	var words []string
	for _, c := range countedContainers(r) {
		word := shortProvider(c)
		if role := c.Identity.RoleArn; role != "" {
			if arn, ok := snapshot.ParseARN(role); ok && arn.RoleName() != "" && !wide {
				role = arn.RoleName()
			}
			word = role + " (" + word + ")"
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return orNone(strings.Join(words, ", "))
}

// shortProvider names where credentials come from in a cell of a table.
func shortProvider(c judge.ContainerReport) string {
	if endsWithNothing([]judge.ContainerReport{c}) {
		return "<none>"
	}
	switch c.Identity.Provider {
	case sdk.WebIdentity:
		return "IRSA"
	case sdk.PodIdentity:
		return "Pod Identity"
	case sdk.Static:
		return "access keys"
	case sdk.Profile:
		return "profile"
	case sdk.IMDS:
		return "node's role"
	case sdk.SDKDependent:
		return "by SDK"
	default:
		return "<unknown>"
	}
}

// summary writes how many targets came out how, and the causes, the commonest first.
func (p *page) summary(reports []*judge.Report) {
	byVerdict := map[judge.Verdict]int{}
	for _, r := range reports {
		byVerdict[r.Verdict]++
	}
	p.blank()
	p.WriteString(tally(byVerdict) + "\n")
	causes := causesOf(reports)
	if len(causes) > 0 {
		p.blank()
		p.WriteString("causes\n")
		for _, c := range causes {
			color := p.palette.bad
			if c.code == noCode {
				color = p.palette.warn
			}
			p.paragraph("  "+dressed(color, p.value(c.code))+"  ", len("  IRSA101  "),
				c.title+": "+p.listed(c.targets))
		}
	}
	for _, r := range reports {
		if r.Verdict == judge.Broken || r.Verdict == judge.Undetermined {
			p.blank()
			p.exact(0, "", 0, explainCommand(r.Target, p.style.Source))
			return
		}
	}
}

// listed joins names; of many only the first ones are told, unless everything is.
func (p *page) listed(names []string) string {
	const most = 5
	if len(names) <= most+1 || p.style.Wide {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and " + strconv.Itoa(len(names)-most) + " more"
}

// noCode stands for a code where something is not known.
const noCode = "unknown"

type cause struct {
	code, title string
	targets     []string
}

// causesOf groups reports by what breaks them, and those that are undetermined by what is not known.
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
		if name := subject(r.Target); len(c.targets) == 0 || c.targets[len(c.targets)-1] != name {
			c.targets = append(c.targets, name)
		}
	}
	for _, r := range reports {
		for _, f := range r.Findings {
			if f.Class == check.Breaks {
				add(string(f.Code), f.Title, r)
			}
		}
		if r.Verdict == judge.Undetermined {
			for _, g := range byReason(r.Unknown) {
				add(noCode, g.reason, r)
			}
		}
	}
	causes := make([]cause, len(order))
	for i, key := range order {
		causes[i] = *byKey[key]
	}
	slices.SortStableFunc(causes, func(a, b cause) int { return len(b.targets) - len(a.targets) })
	return causes
}
