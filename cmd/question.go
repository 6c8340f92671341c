package cmd

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A question is what `whoami` and `explain` have in common: targets, where to read, how to print.
type question struct {
	program *program
	source  source
	output  output
	files   manifestFiles
	rows    rows

	all        bool
	selector   string
	sdks       string
	expectRole string
	showChecks bool

	query      query
	options    judge.Options
	fixes      bool // the answer says how to fix what was found
	unreadable int  // documents of manifests that could not be read
}

func newQuestion(p *program, k *kubeconfig) *question {
	return &question{program: p, source: source{program: p, kubeconfig: k}}
}

// addFlags adds the flags; reports are the formats for pipelines that the command has.
func (q *question) addFlags(cmd *cobra.Command, reports ...string) {
	addSelection(cmd, &q.all, &q.selector)
	cmd.Flags().StringVar(&q.sdks, "sdk", "", "Answer for these AWS SDKs only, separated by commas, each with its version if that is known (python@1.34.41)")
	cmd.Flags().StringVar(&q.expectRole, "expect-role", "", "ARN of the role that the target must have: exits with 2 if it has another identity, with 3 if that is unknown")
	q.files.addFlags(cmd)
	q.rows.addFlags(cmd)
	q.output.addFlags(cmd, reports...)
	q.source.addFlags(cmd)
	var sdks []string
	for _, name := range sdk.Names() {
		sdks = append(sdks, string(name))
	}
	completeList(cmd, "sdk", sdks...)
	complete(cmd, "expect-role", q.source.completeRoleARN)
	cmd.ValidArgsFunction = q.source.completeTargets
}

func addSelection(cmd *cobra.Command, all *bool, selector *string) {
	cmd.Flags().BoolVarP(all, "all-namespaces", "A", false, "Read the pods of all namespaces")
	cmd.Flags().StringVarP(selector, "selector", "l", "", "Selector (label query) to filter pods on, supports '=', '==', '!=', 'in', 'notin'")
}

// complete turns what was typed into typed values, before anything is read.
func (q *question) complete(cmd *cobra.Command, args []string) (err error) {
	if err := q.output.complete(); err != nil {
		return err
	}
	if q.query, err = parseQuery(args, q.source.kubeconfig.typedNamespace(), q.all, q.selector); err != nil {
		return err
	}
	if err := q.rows.complete(cmd, q.query); err != nil {
		return err
	}
	if q.sdks != "" {
		names, err := sdk.ParseNames(q.sdks)
		if err != nil {
			return usageError{err}
		}
		q.options.SDKs = names
	}
	q.options.ExpectRole = q.expectRole
	q.options.Bind = bind.Offers()
	q.options.Version = builtVersion(version, debug.ReadBuildInfo).Version
	return nil
}

func (q *question) validate() error {
	if err := validRole(q.expectRole); err != nil {
		return err
	}
	if err := q.files.validate(q.query, q.source.snapshot); err != nil {
		return err
	}
	return q.source.validate()
}

// ask reads and judges. That nothing was found is a message and no error.
func (q *question) ask(ctx context.Context) ([]*judge.Report, error) {
	if q.files.given() {
		return q.askManifests(ctx)
	}
	q.query.decided = q.decided
	snapshot, query, err := q.source.read(ctx, q.query, q.output.wide())
	if err != nil {
		return nil, err
	}
	found, err := q.judge(func(o judge.Options) ([]*judge.Report, error) { return reports(snapshot, query, o) })
	if _, err = q.source.answerable(query, err, q.source.likeNamed(ctx)); err != nil {
		return nil, err
	}
	if len(found) == 0 {
		q.program.complain(nothingFound(query))
	}
	return found, nil
}

// decided reports whether no verdict rests on what is still being read.
func (q *question) decided(read *snapshot.Snapshot, query query) bool {
	found, _ := reports(read, query, q.verdictsOnly()) // targets that are not there stay so
	return (len(found) > 0 || !query.named()) && settled(found)
}

// verdictsOnly are the options to judge what is not read to its end: no fix is worked out.
func (q *question) verdictsOnly() judge.Options {
	options := q.options
	options.NoFixes, options.Bind = true, nil
	return options
}

// settled reports whether no answer can change with what is still being read.
func settled(found []*judge.Report) bool {
	return !slices.ContainsFunc(found, func(r *judge.Report) bool { return r.RestsOn(collect.StillRead) })
}

// judge judges with the fixes, or where a line for each target has no room for them, without.
func (q *question) judge(answer func(judge.Options) ([]*judge.Report, error)) ([]*judge.Report, error) {
	q.options.At = q.source.at
	options := q.options
	lines := !q.query.named() && (q.output.isText() || q.output.format == "name")
	options.NoFixes = !q.fixes || lines
	found, err := answer(options)
	if err == nil && q.fixes && lines && len(found) == 1 {
		return answer(q.options) // a single one is answered in full
	}
	if !q.query.named() { // those that are named stay in the order in which they were typed
		found = render.WorstFirst(found)
	}
	return found, err
}

// arguments are those of a command that asks the same question about another target.
func (q *question) arguments() []string {
	arguments := slices.Concat(q.files.arguments(), q.source.arguments())
	if q.sdks != "" {
		arguments = append(arguments, change.Flag("sdk", q.sdks)...)
	}
	return arguments
}

// table is the answer about many.
func (q *question) table(found []*judge.Report, s render.Style) string {
	if len(q.rows.of(found)) == 0 {
		q.program.complain("No targets with verdict " + strings.Join(q.rows.typed, ", ") + " found")
	}
	return render.Table(found, q.rows.style(s))
}

func nothingFound(q query) string {
	if q.namespace == "" {
		return "No pods found"
	}
	return fmt.Sprintf("No pods found in %s namespace.", q.namespace)
}
