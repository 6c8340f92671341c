package render_test

import (
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

// FuzzWidth: on a terminal of any width no line of a table is wider than it but for the command at the end, and no line of an
// answer but for a word, a command, or a value that is compared with another, which are never divided. Nothing in them acts on the terminal.
func FuzzWidth(f *testing.F) {
	for i, name := range unwieldy {
		f.Add(name, unwieldy[(i+5)%len(unwieldy)], uint8(i*23), byte(i))
	}
	for i, name := range awkward {
		f.Add(name, "the trust policy names another service account "+name, uint8(i*7), byte(i))
	}
	f.Fuzz(func(t *testing.T, name, prose string, columns uint8, choice byte) {
		if len(name)+len(prose) > 4000 {
			return
		}
		width := max(1, min(int(columns), 250))
		reports := namedReports(name, prose, choice)
		for _, s := range []render.Style{{Width: width}, {Width: width, ASCII: true}, {Width: width, Color: true}} {
			for line := range strings.Lines(render.Table(reports, s)) {
				plain := colours.ReplaceAllString(line, "")
				harmless(t, []byte(plain))
				if got := lipgloss.Width(strings.TrimSuffix(plain, "\n")); got > width && !strings.HasPrefix(plain, "  kubectl irsa ") {
					t.Fatalf("%d columns on a terminal of %d: %q", got, width, plain)
				}
			}
			for line := range strings.Lines(render.Explain(reports, s)) {
				plain := colours.ReplaceAllString(strings.TrimSuffix(line, "\n"), "")
				harmless(t, []byte(plain))
				// On a narrower terminal prose has forty columns all the same. A word begins a line of its own, behind at most a label.
				words := strings.Fields(plain)
				longest := 0
				for _, word := range words {
					longest = max(longest, lipgloss.Width(word))
				}
				const label = 24
				if lipgloss.Width(plain) > max(width, 40) && longest < max(width, 40)-label && !strings.Contains(plain, "kubectl ") &&
					!strings.HasPrefix(plain, "  have ") && !strings.HasPrefix(plain, "  need ") {
					t.Fatalf("%d columns on a terminal of %d: %q", lipgloss.Width(plain), width, plain)
				}
			}
		}
	})
}

// namedReports are two reports, of one namespace or of two, in which a name and a text are where others name and write.
func namedReports(name, prose string, choice byte) []*judge.Report {
	verdicts := []judge.Verdict{judge.Broken, judge.Undetermined, judge.Works, judge.NotConfigured}
	kinds := []string{"Pod", "Deployment", "Rollout"}
	var reports []*judge.Report
	for i := range 2 {
		verdict := verdicts[(int(choice)+i)%len(verdicts)]
		r := &judge.Report{
			Target:         workload.Target{Kind: kinds[int(choice)%len(kinds)], Namespace: []string{"shop", name}[i], Name: name},
			ServiceAccount: name, Verdict: verdict,
			Containers: []judge.ContainerReport{{Name: name, Verdict: verdict, Identity: judge.Identity{Provider: sdk.WebIdentity, RoleArn: "arn:aws:iam::111122223333:role/" + name}}},
			Pods:       &judge.PodCount{Total: 3, ByVerdict: map[judge.Verdict]int{verdict: 3}},
		}
		switch verdict {
		case judge.Broken:
			r.Findings = []judge.Finding{{Code: "IRSA402", Class: check.Breaks, Title: prose, Where: name, Have: name, Need: prose, Why: prose}}
		case judge.Undetermined:
			r.Unknown = []fact.Gap{{What: name, Reason: prose}}
		default:
		}
		reports = append(reports, r)
	}
	return reports
}
