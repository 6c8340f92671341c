package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render/schema"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

func newExplain(p *program, k *kubeconfig) *cobra.Command {
	q := newQuestion(p, k)
	q.fixes = true
	var catalogue, showSchema bool
	var fail failOn
	var fixes fixFolder
	cmd := &cobra.Command{
		Use:   "explain (POD | TYPE/NAME | TYPE NAME... | -f FILENAME | CODE...)",
		Short: "Explain why AWS credentials work or fail",
		Long: `Explain why the AWS credentials of a pod work or fail: the chain from the pod to AWS up to its first broken link,
what is there and what is needed, and the commands that fix it. A fix is called proved if it was applied to what was
read and the answer became "works".

A pod is POD, pod/POD or NAMESPACE/POD. With a code, explain prints its meaning, an example, the fix, and how to verify it. A workload or a service account is
answered by its newest pod or, if it has none, by the one that its template creates. Without a name, explain lists all
pods of the namespace, the worst first, the replicas of a workload on one line. With -f it is about the pods that
manifests create, whether they exist or not: it predicts what the webhook injects, and looks up in the cluster and in
AWS what the manifests do not hold (role, trust policy, OIDC provider, a service account).

Exits with 0 if it works or nothing is configured, 2 if it is broken, 3 if that is unknown, and 1 if the command itself
failed. Of many targets the worst decides, also of those that --verdict does not show. If one of several targets that
are named is not found, it is reported on standard error, the others are answered, and explain exits with 1. With --expect-role also: 2 if it
is another identity, 3 if that is unknown. With -f also: 3 if one of several manifests could not be read.

Where a server does not answer, what decides the verdict is waited for as long as --request-timeout allows, 30 seconds by
default. What only notes and fixes need is unknown 3 seconds after the last answer; with -o wide it is waited for, too.

On a terminal, the table is cut to its width: columns are shortened or left out, and what is cut ends with "…". With
-o wide, and in a pipe, it is whole.

For pipelines: with --fail-on, explain exits with 2 where it finds one of the things named, and with 0 otherwise. A
broken target always fails; "risk" adds findings of that class, and "unknown" adds undetermined targets. -o csv has a
line for each finding; -o sarif (2.1.0) has the codes as rules, the findings as results, and file and line for -f;
-o junit has a test case for each target: a failure where it fails, an error where it fails because it is undetermined,
skipped where no role is configured or where --fail-on passes an undetermined target. Every format holds the cluster,
its account and region, when they were read, and the version of kubectl irsa.`,
		Example: `# Why does this pod get no credentials?
kubectl irsa explain pod web-0

# The same for a deployment, with evidence and skipped checks
kubectl irsa explain deploy/web -n shop -o wide

# All pods of the cluster, the worst first
kubectl irsa explain -A

# Only the names of those that do not work
kubectl irsa explain -A --verdict broken,undetermined -o name

# The same if the image has boto3 1.34
kubectl irsa explain pod web-0 --sdk python@1.34

# Manifests before they are applied, for a pipeline
kubectl irsa explain -f manifests/ -n shop -o sarif --fail-on breaks,risk

# What does this code mean?
kubectl irsa explain IRSA402

# Try it without a cluster
kubectl irsa explain --snapshot demo`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if showSchema {
				return p.answer(string(schema.JSON))
			}
			if catalogue || slices.ContainsFunc(args, meansCode) {
				return q.explainCodes(args, catalogue)
			}
			if err := q.complete(cmd, args); err != nil {
				return err
			}
			if q.showChecks && !q.output.isDocument() {
				return usagef("--show-checks adds to JSON and YAML: give -o json, -o yaml or a template with it (-o wide prints the checks without it)")
			}
			if err := fail.complete(cmd); err != nil {
				return err
			}
			if err := fixes.validate(cmd); err != nil {
				return err
			}
			if err := q.validate(); err != nil {
				return err
			}
			return q.explain(cmd.Context(), &fail, &fixes)
		},
	}
	q.addFlags(cmd, "csv", "sarif", "junit")
	fail.addFlags(cmd)
	cmd.Flags().BoolVar(&q.showChecks, "show-checks", false, "Add to JSON and YAML what each check answered, also where it found nothing")
	fixes.addFlags(cmd)
	cmd.Flags().BoolVar(&catalogue, "codes", false, "List all codes")
	cmd.Flags().BoolVar(&showSchema, "schema", false, "Print the JSON schema of what -o json prints")
	completeCodes(cmd, q.source.completeTargets)
	return cmd
}

func (q *question) explain(ctx context.Context, fail *failOn, fixes *fixFolder) error {
	found, err := q.ask(ctx)
	if err != nil {
		return err
	}
	if fixes.given {
		if q.output.isText() && !q.query.named() && len(found) > 1 {
			return usagef("--write-fix: a table has no fixes: name a target, or use -o json")
		}
		if err := fixes.write(q.program, found); err != nil {
			return err
		}
	}
	q.program.exit = fail.exit(found, q.unreadable > 0)
	if q.expectRole != "" {
		q.program.exit = worseExit(q.program.exit, assertion(found))
	}
	if len(found) == 0 && q.output.isText() {
		return nil
	}
	return q.output.print(q.program, q.explanations(found, fail.gate))
}

// explanations is the answer of `explain`.
func (q *question) explanations(found []*judge.Report, gate render.Gate) answer {
	shown := q.rows.of(found)
	a := answer{targets: targetsOf(shown), value: render.Reports(shown, q.showChecks), source: q.arguments()}
	a.reports = map[string]func() ([]byte, error){
		"csv":   func() ([]byte, error) { return render.CSV(shown) },
		"sarif": func() ([]byte, error) { return render.SARIF(shown, check.All(), q.options.Version) },
		"junit": func() ([]byte, error) { return render.JUnit(shown, gate) },
	}
	a.text = func(s render.Style) string {
		if q.query.named() || len(found) == 1 && len(shown) == 1 && !q.rows.noHeaders {
			return render.Explain(found, s)
		}
		return q.table(found, s)
	}
	if len(q.query.targets) == 1 && len(found) == 1 {
		a.value = render.Report(found[0], q.showChecks)
	}
	return a
}

func (q *question) explainCodes(args []string, all bool) error {
	if err := q.output.complete(); err != nil {
		return err
	}
	if all && len(args) > 0 {
		return usagef("--codes lists all codes and does not accept an argument: %q", args[0])
	}
	checks := check.All()
	if !all {
		checks = nil
		for _, arg := range args {
			c, ok := check.ByCode(check.Code(strings.ToUpper(arg)))
			switch {
			case !meansCode(arg) && codeNear(arg) == "":
				return usagef("%q is no code: explain takes codes or targets, not both", arg)
			case !ok:
				return unknownCode(arg)
			}
			checks = append(checks, c)
		}
	}
	a := answer{value: render.CodesOf(checks)}
	a.text = func(s render.Style) string {
		if all {
			s.NoHeaders = q.rows.noHeaders
			return render.Catalogue(checks, s)
		}
		return render.Codes(checks, s)
	}
	if !all && len(checks) == 1 {
		a.value = render.CodeOf(checks[0])
	}
	for _, c := range checks {
		a.targets = append(a.targets, workload.Target{Kind: "Code", Name: string(c.Code)})
	}
	return q.output.print(q.program, a)
}
