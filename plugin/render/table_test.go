package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// unwieldy are names that are long, wide on the screen, or made of more characters than it has columns for.
var unwieldy = []string{
	"a", strings.Repeat("long-", 50), strings.Repeat("漢字", 40), "数" + strings.Repeat("x", 30), strings.Repeat("e\u0301", 60),
	strings.Repeat("👩‍👩‍👧", 20), "🇩🇪🇫🇷🇪🇸🇮🇹" + strings.Repeat("-", 40), hostile, strings.Repeat(hostile, 9), "a,b,c", strings.Repeat("a,", 40),
}

// unwieldyReports are reports with such names in every column.
func unwieldyReports() []*judge.Report {
	var reports []*judge.Report
	for i, name := range unwieldy {
		other := unwieldy[(i+3)%len(unwieldy)]
		for _, verdict := range []judge.Verdict{judge.Broken, judge.Undetermined, judge.NotConfigured} {
			reports = append(reports, &judge.Report{
				Target:         workload.Target{Kind: []string{"Pod", "Deployment", "Rollout"}[i%3], Namespace: other, Name: name},
				ServiceAccount: other, Verdict: verdict,
				Containers: []judge.ContainerReport{{Name: name, Verdict: verdict, Identity: judge.Identity{Provider: sdk.WebIdentity, RoleArn: name}}},
				Findings:   []judge.Finding{{Code: "IRSA402", Class: check.Breaks, Title: other}, {Code: "IRSA502", Class: check.Breaks, Title: name}, {Code: "IRSA503", Class: check.Breaks, Title: "one title"}},
				Unknown:    []fact.Gap{{What: name, Reason: other}},
				Pods:       &judge.PodCount{Total: 1 << (3 * i), ByVerdict: map[judge.Verdict]int{verdict: 1}},
			})
		}
	}
	return reports
}

// TestTableFits holds that no line of a table is wider than the terminal, whatever the names are: but for the command at the
// end, which is there to be copied.
func TestTableFits(t *testing.T) {
	all := judged(t)
	all["unwieldy"] = unwieldyReports()
	all["clusters"] = unwieldyReports()
	for i, r := range all["clusters"] {
		r.Provenance = &judge.Provenance{Cluster: unwieldy[i%len(unwieldy)]}
	}
	for _, r := range all["unwieldy"] {
		all[r.Target.Name+string(r.Verdict)] = []*judge.Report{r}
	}
	all["hostile"] = hostileReports()[:15]
	for _, r := range all["hostile"] {
		r.Expected = nil // its role is there to be copied
	}
	for name, reports := range all {
		for _, width := range []int{1, 7, 20, 33, 40, 60, 79, 80, 81, 100, 120, 160, 250} {
			for _, s := range []render.Style{{Width: width}, {Width: width, ASCII: true}, {Width: width, Color: true}} {
				for line := range strings.Lines(render.Table(reports, s)) {
					line = strings.TrimSuffix(line, "\n")
					if lipgloss.Width(line) > width && !strings.HasPrefix(line, "  kubectl irsa ") {
						t.Fatalf("%s: %d columns on a terminal of %d: %q", name, lipgloss.Width(line), width, line)
					}
				}
			}
		}
	}
}

// TestCatalogueFits holds that the list of codes is wrapped, and no title is cut.
func TestCatalogueFits(t *testing.T) {
	checks := check.All()
	for _, width := range []int{0, 80, 100, 160} {
		list := render.Catalogue(checks, render.Style{Width: width})
		for line := range strings.Lines(list) {
			if got := lipgloss.Width(strings.TrimSuffix(line, "\n")); width > 0 && got > width {
				t.Errorf("%d columns on a terminal of %d: %s", got, width, line)
			}
		}
		words := strings.Join(strings.Fields(list), " ")
		for _, c := range checks {
			if !strings.Contains(words, c.Title) {
				t.Errorf("%d columns: the title of %s is not there", width, c.Code)
			}
		}
	}
	if got := strings.Count(render.Catalogue(checks, render.Style{NoHeaders: true}), "\n"); got != len(checks) {
		t.Errorf("%d lines without headers for %d codes", got, len(checks))
	}
}

// TestTableWhole holds that nothing is cut where the width does not demand it: in a pipe, with -o wide, and on a terminal that
// is wide enough.
func TestTableWhole(t *testing.T) {
	reports := judged(t)["demo"]
	for _, s := range []render.Style{{}, {Width: 40, Wide: true}, {Width: 300}} {
		table := render.Table(reports, s)
		if strings.Contains(table, "…") {
			t.Errorf("%+v: something was cut:\n%s", s, table)
		}
		for _, r := range reports {
			for _, word := range []string{"/" + r.Target.Name + " ", r.ServiceAccount + " "} {
				if !strings.Contains(table, word) {
					t.Errorf("%+v: no %q", s, word)
				}
			}
		}
	}
}

// TestTableColumns holds which columns are left out first: VERDICT, CODES and NAME never are.
func TestTableColumns(t *testing.T) {
	reports := func(namespaces, clusters int) []*judge.Report {
		var list []*judge.Report
		for i := range 4 {
			list = append(list, &judge.Report{
				Provenance: &judge.Provenance{Cluster: fmt.Sprintf("cluster-%d", i%clusters)},
				Target:     workload.Target{Kind: "Deployment", Namespace: fmt.Sprintf("namespace-%d", i%namespaces), Name: fmt.Sprintf("a-service-of-some-length-%d", i)},
				Verdict:    judge.Broken, ServiceAccount: "a-service-account",
				Containers: []judge.ContainerReport{{Verdict: judge.Broken, Identity: judge.Identity{Provider: sdk.WebIdentity, RoleArn: "arn:aws:iam::111122223333:role/a-role-of-some-length"}}},
				Findings:   []judge.Finding{{Code: "IRSA402", Class: check.Breaks}},
			})
		}
		return list
	}
	for _, c := range []struct {
		width, namespaces, clusters int
		want                        string
	}{
		{160, 2, 1, "NAMESPACE NAME SERVICE ACCOUNT PODS VERDICT CODES IDENTITY"},
		{160, 2, 2, "CLUSTER NAMESPACE NAME SERVICE ACCOUNT PODS VERDICT CODES IDENTITY"},
		{80, 2, 1, "NAMESPACE NAME PODS VERDICT CODES IDENTITY"},
		{60, 2, 1, "NAMESPACE NAME VERDICT CODES IDENTITY"},
		{60, 1, 1, "NAME PODS VERDICT CODES IDENTITY"},
		{40, 2, 1, "NAMES… NAME VERDICT CODES"},
		{40, 2, 2, "NAMES… NAME VERDICT CODES"},
		{30, 1, 1, "NAME VERDICT CODES"},
	} {
		head, _, _ := strings.Cut(render.Table(reports(c.namespaces, c.clusters), render.Style{Width: c.width}), "\n")
		if got := strings.Join(strings.Fields(head), " "); got != c.want {
			t.Errorf("%d columns, %d namespaces, %d clusters: %s, want %s", c.width, c.namespaces, c.clusters, got, c.want)
		}
	}
}

// TestCauses holds that a cause has one line with its count, what is unknown has its own, and both end somewhere.
func TestCauses(t *testing.T) {
	var reports []*judge.Report
	add := func(verdict judge.Verdict, code check.Code, title, reason string) {
		r := &judge.Report{Target: workload.Target{Kind: "Pod", Namespace: "shop", Name: fmt.Sprintf("web-%d", len(reports))}, Verdict: verdict}
		if code != "" {
			r.Findings = []judge.Finding{{Code: code, Class: check.Breaks, Title: title}}
		}
		if reason != "" {
			r.Unknown = []fact.Gap{{What: "iam:GetRole x", Reason: reason}}
		}
		reports = append(reports, r)
	}
	for i := range 14 {
		add(judge.Broken, check.Code(fmt.Sprintf("IRSA9%02d", i)), "rare", "")
	}
	for range 40 {
		add(judge.Broken, "IRSA402", "common", "")
	}
	for i := range 9 {
		add(judge.Undetermined, "", "", fmt.Sprintf("timeout %d", i))
	}
	for i := range 20 {
		add(judge.Undetermined, "", "", fmt.Sprintf("AccessDenied: user/dev may not read role/%d", i))
	}
	_, table, _ := strings.Cut(render.Table(reports, render.Style{Width: 60}), "54 broken, 29 undetermined\n\n")
	lines := strings.Split(table, "\n")
	if want := "  IRSA402  common: 40 pods (shop/web-14, shop/web-15, …)"; lines[0] != want {
		t.Errorf("the commonest cause is %q, want %q", lines[0], want)
	}
	for text, want := range map[string]int{"  IRSA402  ": 1, "  IRSA9": 9, "  and 5 more causes\n": 1, "  unknown  iam:GetRole of role/x: timeout": 2, "  unknown  iam:GetRole was denied: 20 pods (": 1, "  and 7 more reasons\n": 1} {
		if got := strings.Count(table, text); got != want {
			t.Errorf("%q is there %d times, want %d, in\n%s", text, got, want, table)
		}
	}
	if got := strings.Count(render.Table(reports, render.Style{Width: 60, Wide: true}), "\n  "); got != 15+10+1 { // and the command
		t.Errorf("-o wide lists %d causes, not all", got)
	}
}

// TestVerdicts holds that a table of some verdicts counts all.
func TestVerdicts(t *testing.T) {
	reports := judged(t)["demo"]
	table := render.Table(reports, render.Style{Verdicts: []judge.Verdict{judge.Works}})
	if strings.Contains(table, "✗") || !strings.Contains(table, "broken, ") || strings.Contains(table, "IRSA402") || strings.Contains(table, "kubectl irsa") {
		t.Error(table)
	}
	if got := render.Table(reports, render.Style{Verdicts: []judge.Verdict{"other"}}); strings.Contains(got, "NAME") || !strings.Contains(got, "broken, ") {
		t.Error(got)
	}
	if got := render.Table(reports, render.Style{NoHeaders: true}); strings.Count(got, "\n") != len(reports) {
		t.Error(got)
	}
}
