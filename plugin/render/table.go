package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// widestCell is the width up to which cells take part in the alignment of a column where nothing is cut; a longer one (names
// may come from a file, and be anything) only moves its own line.
const widestCell = 64

// Table returns many reports as a table, the worst first, and below it what caused the verdicts. No line is wider than the
// terminal, but for the command at the end, which is there to be copied. Wide, or without a terminal, nothing is cut.
func Table(reports []*judge.Report, s Style) string {
	common, _ := commonProvenance(reports)
	account := ""
	if common != nil {
		account = common.Account
	}
	return inShort(account, s, func(p *page) {
		sorted := WorstFirst(reports)
		shown := OfVerdicts(sorted, s.Verdicts)
		if s.NoHeaders {
			p.targets(shown)
			return
		}
		p.provenance(reports)
		if len(shown) > 0 {
			p.targets(shown)
		}
		p.unmet(shown)
		p.summary(sorted, shown)
	})
}

// OfVerdicts returns the reports with one of the verdicts; all of them where none is given.
func OfVerdicts(reports []*judge.Report, verdicts []judge.Verdict) []*judge.Report {
	if len(verdicts) == 0 {
		return reports
	}
	return slices.DeleteFunc(slices.Clone(reports), func(r *judge.Report) bool { return !slices.Contains(verdicts, r.Verdict) })
}

// A cell is an escaped text and its colour.
type cell struct {
	text  string
	color func(string) string
}

// targets writes a line for each report.
func (p *page) targets(reports []*judge.Report) {
	list := []column{
		{title: "CLUSTER", least: [4]int{11, 8, 6, 6}, leave: 5},
		{title: "NAMESPACE", least: [4]int{11, 11, 6, 6}}, // as long as kube-system
		{title: "NAME", least: [4]int{28, 20, 12, 12}},
		{title: "SERVICE ACCOUNT", least: [4]int{15, 0, 0, 0}, leave: 1},
		{title: "PODS", leave: 3},
		{title: "VERDICT", least: [4]int{0, 0, 0, 8}},
		{title: "CODES", least: [4]int{15, 15, 9, 7}}, // two of them, or one
		{title: "IDENTITY", least: [4]int{16, 12, 8, 8}, leave: 4},
	}
	if sameOf(reports, func(r *judge.Report) string { return r.Target.Namespace }) {
		list[1].leave = 2 // it is in the command at the end
	}
	rows := make([][]cell, len(reports))
	for i, r := range reports {
		rows[i] = p.row(r)
	}
	if sameOf(reports, func(r *judge.Report) string { return provenanceOf(r).Cluster }) {
		list = list[1:]
		for i := range rows {
			rows[i] = rows[i][1:]
		}
	}
	p.table(list, rows)
}

// sameOf reports whether all reports have the same of something.
func sameOf(reports []*judge.Report, something func(*judge.Report) string) bool {
	return !slices.ContainsFunc(reports, func(r *judge.Report) bool { return something(r) != something(reports[0]) })
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
		{text: p.value(orNone(provenanceOf(r).Cluster))},
		{text: p.value(orNone(r.Target.Namespace))},
		{text: p.value(shortArgument(r.Target))},
		{text: p.value(orNone(r.ServiceAccount))},
		{text: pods},
		{s.mark + " " + p.prose(verdictWords(r.Verdict)), s.color},
		{text: p.value(orNone(strings.Join(tableCodes(r, p.style.Wide), ",")))},
		{text: p.value(identitiesOf(r, p.style.Wide))},
	}
}

// shortArgument returns a target as it is typed, with the short name of its type: deploy/web.
func shortArgument(t workload.Target) string {
	if k, ok := workload.KindOf(t.Kind); ok && k.Short != "" && k.Name != "Pod" {
		return k.Short + "/" + t.Name
	}
	return Argument(t)
}

// table writes rows in columns, as kubectl does.
func (p *page) table(list []column, rows [][]cell) {
	if !p.style.NoHeaders {
		head := make([]cell, len(list))
		for i, c := range list {
			head[i].text = c.title
		}
		rows = slices.Concat([][]cell{head}, rows)
	}
	natural := make([]int, len(list))
	aligned := make([]int, len(list))
	for _, row := range rows {
		for i, c := range row {
			w := columns(c.text)
			natural[i] = max(natural[i], w)
			if w <= widestCell {
				aligned[i] = max(aligned[i], w)
			}
		}
	}
	l := layout{widths: aligned, gutter: gutter}
	if p.style.cuts() {
		l = fit(list, natural, p.style.Width)
	}
	for _, row := range rows {
		p.line(row, l)
	}
}

// line writes a row.
func (p *page) line(row []cell, l layout) {
	var line strings.Builder
	blanks := 0
	for i, c := range row {
		if l.cut && l.widths[i] == 0 {
			continue
		}
		line.WriteString(strings.Repeat(" ", blanks))
		text := c.text
		if l.cut {
			text = p.cutCell(text, l.widths[i])
		}
		line.WriteString(dressed(c.color, text))
		blanks = max(0, l.widths[i]-columns(text)) + l.gutter
	}
	text := line.String()
	if l.cut { // a terminal may have no room for even the shortest line
		text = p.cut(text, p.style.Width)
	}
	p.WriteString(text + "\n")
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
