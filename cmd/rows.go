package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

// rows says which of many targets the answer shows, and how a table shows them.
type rows struct {
	typed     []string
	verdicts  []judge.Verdict
	noHeaders bool
}

// allVerdicts are the values of --verdict, the worst first.
func allVerdicts() []string {
	words := make([]string, len(judge.Verdicts))
	for i, v := range judge.Verdicts {
		words[i] = string(v)
	}
	return words
}

func (r *rows) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&r.typed, "verdict", nil, "Show only the targets with these verdicts, separated by commas: "+strings.Join(allVerdicts(), ", ")+". The totals and the exit code are those of all targets")
	cmd.Flags().BoolVar(&r.noHeaders, "no-headers", false, "Print the lines of the table only, without its header and the summary")
	completeList(cmd, "verdict", allVerdicts()...)
}

// complete reads the verdicts. A name is one target, which is shown whatever its verdict is.
func (r *rows) complete(cmd *cobra.Command, q query) error {
	if !cmd.Flags().Changed("verdict") {
		return nil
	}
	if q.named() {
		return usagef("--verdict selects among the pods of a namespace, a selector or manifests: leave out the names")
	}
	if len(r.typed) == 0 {
		return usagef("--verdict: the value is missing, must be one of %s", strings.Join(allVerdicts(), ", "))
	}
	for _, word := range r.typed {
		// The table prints two words.
		plain := strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(word))
		i := slices.IndexFunc(judge.Verdicts, func(v judge.Verdict) bool { return strings.ToLower(string(v)) == plain })
		if i < 0 {
			return unknownWord("verdict", strings.TrimSpace(word), allVerdicts())
		}
		r.verdicts = append(r.verdicts, judge.Verdicts[i])
	}
	return nil
}

// of returns the reports that are shown.
func (r *rows) of(found []*judge.Report) []*judge.Report { return render.OfVerdicts(found, r.verdicts) }

// style returns the style of a table with the rows.
func (r *rows) style(s render.Style) render.Style {
	s.NoHeaders, s.Verdicts = r.noHeaders, r.verdicts
	return s
}
