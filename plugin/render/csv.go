package render

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// csvColumns are the names in the first line. New ones are added at the end.
var csvColumns = []string{
	"namespace", "kind", "name", "serviceAccount", "pods", "verdict", "identity",
	"code", "class", "title", "containers", "where", "have", "need", "why", "fix", "commands", "proved",
	"file", "line",
	"cluster", "account", "region", "time", "version",
}

// CSV returns reports as comma-separated values (RFC 4180, lines ending in LF), the worst first: a line for each
// finding, one of the class unknown for each thing that is unknown, and one without a code for a target that has
// neither.
func CSV(reports []*judge.Report) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	lines := [][]string{csvColumns}
	for _, r := range WorstFirst(reports) {
		for _, detail := range csvDetails(r) {
			lines = append(lines, cells(slices.Concat(csvTarget(r), detail, csvPlace(r), csvProvenance(r))))
		}
	}
	if err := w.WriteAll(lines); err != nil {
		return nil, fmt.Errorf("CSV: %w", err)
	}
	return out.Bytes(), nil
}

func csvTarget(r *judge.Report) []string {
	pods := 1
	if r.Pods != nil {
		pods = r.Pods.Total
	}
	identity := ""
	if len(r.Containers) > 0 {
		identity = identitiesOf(r, true)
	}
	return []string{r.Target.Namespace, r.Target.Kind, r.Target.Name, r.ServiceAccount, strconv.Itoa(pods), string(r.Verdict), identity}
}

// csvDetails returns the columns from code to proved, a line each.
func csvDetails(r *judge.Report) [][]string {
	const columns = 11
	var details [][]string
	for _, f := range r.Findings {
		var fix judge.Fix
		proved := ""
		if f.Fix != nil {
			fix, proved = *f.Fix, strconv.FormatBool(f.Fix.Proved)
		}
		commands := cmp.Or(fix.Bind, strings.Join(fix.Commands, " && "))
		details = append(details, []string{
			string(f.Code), string(f.Class), f.Title, strings.Join(f.Containers, " "), f.Where, f.Have, f.Need, f.Why,
			fix.Summary, commands, proved,
		})
	}
	for _, g := range r.Unknown {
		unknown := make([]string, columns)
		unknown[1], unknown[2], unknown[7] = string(check.Unknown), g.What, g.Reason
		details = append(details, unknown)
	}
	if len(details) == 0 {
		details = append(details, make([]string, columns))
	}
	return details
}

func csvPlace(r *judge.Report) []string {
	if r.Manifest == nil {
		return []string{"", ""}
	}
	return []string{r.Manifest.File, strconv.Itoa(r.Manifest.Line)}
}

func csvProvenance(r *judge.Report) []string {
	p := provenanceOf(r)
	return []string{p.Cluster, p.Account, p.Region, p.Time, p.Version}
}

// cells makes values safe to open in a spreadsheet. Control characters are written out, and what a spreadsheet would
// take for a formula gets an apostrophe in front, which it takes for the mark of a text (OWASP, CSV Injection).
func cells(values []string) []string {
	for i, value := range values {
		value = Escape(value, false)
		if formula(value) {
			value = "'" + value
		}
		values[i] = value
	}
	return values
}

// formula reports whether a spreadsheet may calculate a value: after blanks, and with signs of full width, too. A sign
// alone (the - of standard input) is not one.
func formula(value string) bool {
	value = strings.TrimLeft(value, " ")
	for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠"} {
		if rest, ok := strings.CutPrefix(value, sign); ok {
			return rest != ""
		}
	}
	return false
}
