package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind/apply"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind/export"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/scrub"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// The values of --dry-run.
const (
	dryRunNone   = "none"
	dryRunClient = "client"
	dryRunServer = "server"
)

// leastSettle is how long an edit of a trust policy is watched at least.
const leastSettle = 5 * time.Second

// A planCommand is what `bind` and `unbind` have in common: the flags, and a plan for one service account that is printed,
// confirmed and applied.
type planCommand struct {
	program *program
	source  source

	yes            bool
	dryRun         string
	format         string
	forceConflicts bool
	settle         time.Duration

	namespace, account string
	workload           workload.Target // what was typed instead of the service account that it runs under; zero: nothing was
	again              []string        // the same command, whatever it looks like on the screen
	change             []string        // the command that makes the changes, where this one only shows them
	waits              bool            // the command verifies by itself
	live               live
}

func newPlanCommand(p *program, k *kubeconfig) planCommand {
	return planCommand{program: p, source: source{program: p, kubeconfig: k}}
}

func (c *planCommand) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&c.yes, "yes", false, "Make the changes without confirmation")
	flags.StringVar(&c.dryRun, "dry-run", dryRunNone, `Must be "none", "server", or "client": with client only show the plan, with server also let the API server check its part (AWS has no dry run)`)
	flags.StringVarP(&c.format, "output", "o", "", "Print the plan for another tool and change nothing: one of "+strings.Join(export.Formats(), ", "))
	flags.BoolVar(&c.forceConflicts, "force-conflicts", false, "Change the annotation even if Helm, Argo CD, Flux or another field manager owns it")
	flags.DurationVar(&c.settle, "settle", time.Minute, "How long to wait until IAM shows a change of the trust policy; ten times as long while others change it too")
	c.source.addFlags(cmd)
	c.source.addWriteFlags(cmd)
	completeValues(cmd, "dry-run", dryRunNone, dryRunClient, dryRunServer)
	completeValues(cmd, "output", export.Formats()...)
}

// complete validates the flags and parses SERVICEACCOUNT.
func (c *planCommand) complete(cmd *cobra.Command, typed string) error {
	switch {
	case c.dryRun != dryRunNone && c.dryRun != dryRunClient && c.dryRun != dryRunServer:
		return usagef(`--dry-run %q: must be "none", "server", or "client"`, c.dryRun)
	case c.format != "" && !slices.Contains(export.Formats(), c.format):
		return unknownWord("output format", c.format, export.Formats())
	case c.settle < leastSettle:
		return usagef("--settle %s: must be at least %s", c.settle, leastSettle)
	case c.source.noAWS:
		return usagef("--no-aws cannot be used here: a role is in AWS")
	case c.source.snapshot != "" && c.dryRun != dryRunClient && c.format == "":
		return usagef("a snapshot cannot be changed: add --dry-run=client or -o")
	}
	if err := c.source.validate(); err != nil {
		return err
	}
	if err := c.parseAccount(typed); err != nil {
		return err
	}
	c.again = commandLine(cmd, cmd.Flags().Args(), "color")
	c.change = commandLine(cmd, cmd.Flags().Args(), "dry-run", "snapshot", "color")
	return nil
}

// checkRole refuses an empty ROLE, as of a variable that is not set: to leave it out means something else.
func checkRole(typed []string) error {
	if len(typed) == 2 && typed[1] == "" {
		return usagef("ROLE is empty")
	}
	return nil
}

// parseAccount parses SERVICEACCOUNT: NAME, NAMESPACE/NAME or sa/NAME, or a workload as TYPE/NAME.
func (c *planCommand) parseAccount(typed string) error {
	namespace, name, qualified := strings.Cut(typed, "/")
	k, typedKind := workload.KindNamed(namespace)
	switch {
	case !qualified:
		namespace, name = "", typed
	case typedKind:
		namespace = ""
	default:
		if namespace, rest, ok := kindInside(typed); ok {
			return usagef("unknown target %q: did you mean %s -n %s?", typed, rest, namespace)
		}
	}
	if strings.ContainsAny(typed, "*?") {
		return usagef("%q: give the name of one service account, not a pattern", typed)
	}
	kind := "ServiceAccount"
	if qualified && typedKind {
		kind = k.Name
	}
	if err := checkName(workload.Target{Kind: kind, Name: name}); err != nil {
		return err
	}
	if qualified && !typedKind && namespace == "" { // as in "$NAMESPACE/web" with a variable that is not set
		return usagef("%q: the namespace is missing", typed)
	}
	wanted := c.source.kubeconfig.typedNamespace()
	if namespace != "" && wanted != "" && wanted != namespace {
		return usagef("%q is in another namespace than -n %s", typed, wanted)
	}
	c.namespace, c.account = namespace, name
	if kind != "ServiceAccount" {
		c.account, c.workload = "", workload.Target{Kind: kind, Name: name}
	}
	err := c.completeNamespace(typed, wanted)
	if err == nil && !isNamespace(c.namespace) {
		return usagef("%q is not the name of a namespace: it must be a DNS label, at most %d lower case letters, digits and -, "+
			"with a letter or digit at the beginning and at the end", c.namespace, content.DNS1123LabelMaxLength)
	}
	if c.workload.Kind != "" {
		c.workload.Namespace = c.namespace
	}
	return err
}

// completeNamespace finds the namespace where SERVICEACCOUNT has none.
func (c *planCommand) completeNamespace(typed, wanted string) error {
	namespace := c.namespace
	if namespace == "" && c.source.snapshot != "" {
		if c.namespace = wanted; wanted == "" {
			if c.workload.Kind != "" {
				return usagef("%q: give the namespace too, with -n", typed)
			}
			return usagef("%q: give the namespace too, as NAMESPACE/NAME", typed)
		}
		return nil
	}
	if namespace != "" {
		return nil
	}
	var err error
	c.namespace, err = c.source.kubeconfig.namespace()
	return err
}

// commandLine is the command as it was typed, but for some flags. Secrets are left out.
func commandLine(cmd *cobra.Command, args []string, without ...string) []string {
	argv := append(strings.Fields(cmd.CommandPath()), args...)
	cmd.Flags().Visit(func(f *pflag.Flag) {
		value := scrub.Text(f.Value.String())
		list, isList := f.Value.(pflag.SliceValue)
		switch {
		case slices.Contains(without, f.Name):
		case f.Name == clientcmd.FlagBearerToken || f.Name == clientcmd.FlagPassword:
			argv = append(argv, "--"+f.Name+"="+scrub.Redacted)
		case isList:
			for _, one := range list.GetSlice() {
				argv = append(argv, "--"+f.Name+"="+scrub.Text(one))
			}
		case f.Value.Type() == "bool" && value == "true":
			argv = append(argv, "--"+f.Name)
		default:
			argv = append(argv, "--"+f.Name+"="+value)
		}
	})
	return argv
}

// A proposal is a plan, with the snapshot that it was made from.
type proposal struct {
	plan     *bind.Plan
	snapshot *snapshot.Snapshot
}

// proposed is a plan with the workload that was typed for its service account.
func (c *planCommand) proposed(plan *bind.Plan, s *snapshot.Snapshot, err error) (proposal, error) {
	if err == nil && c.workload.Kind != "" {
		plan.Through(c.workload)
	}
	return proposal{plan, s}, err
}

// carryOut prints a plan, confirms it and applies it, and returns the one that was applied; with -o it prints the plan for
// another tool. propose reads and plans.
func (c *planCommand) carryOut(ctx context.Context, propose func(context.Context) (proposal, error)) (*bind.Plan, error) {
	if c.source.snapshot == "" && c.format == "" && c.dryRun != dryRunClient {
		propose = c.steadily(propose)
	}
	p, err := propose(ctx)
	if err != nil {
		if ctx.Err() != nil && c.format == "" {
			c.program.complain(errUnchanged.Error())
		}
		return nil, err
	}
	if c.format != "" {
		c.warn(p)
		text, err := export.Print(c.format, p.plan, p.snapshot)
		if err != nil {
			return nil, err
		}
		return p.plan, c.program.answer(text)
	}
	if err := c.show(p); err != nil {
		return p.plan, err
	}
	if len(p.plan.Steps) == 0 || c.dryRun == dryRunClient {
		return p.plan, c.next(p, len(p.plan.Steps) == 0)
	}
	if c.dryRun == dryRunNone && !c.yes {
		err = c.program.finish(func() (err error) {
			p, err = c.agree(ctx, p, propose)
			if ctx.Err() != nil {
				c.program.complain(errUnchanged.Error()) // the exit code says that it was interrupted
			}
			return err
		})
		if err != nil || len(p.plan.Steps) == 0 {
			return p.plan, err
		}
	}
	if err := c.program.finish(func() error { return c.apply(ctx, p) }); err != nil {
		return p.plan, err
	}
	return p.plan, c.next(p, c.dryRun == dryRunNone)
}

// steadily proposes what is made from a trust policy that repeated reads agree about: one answer may be an old one, which hides that
// there is something to do.
func (c *planCommand) steadily(propose func(context.Context) (proposal, error)) func(context.Context) (proposal, error) {
	return func(ctx context.Context) (proposal, error) {
		for began := time.Now(); ; {
			p, err := propose(ctx)
			if err != nil {
				return p, err
			}
			end := c.program.watch(ctx, func() string { return "reading the trust policy again: the answers of IAM may be old" })
			steady, err := c.applier().Steady(ctx, p.plan, p.snapshot)
			end()
			switch {
			case err != nil || steady:
				return p, err
			case time.Since(began) > c.settle:
				return p, fmt.Errorf("role %s: the trust policy keeps changing", p.plan.RoleARN)
			}
		}
	}
}

// agree asks until what was shown is also what is planned when the answer is there: cluster and account may have changed
// while the question was open.
func (c *planCommand) agree(ctx context.Context, p proposal, propose func(context.Context) (proposal, error)) (proposal, error) {
	for len(p.plan.Steps) > 0 {
		c.endLine()
		if err := c.confirm(ctx, len(p.plan.Steps)); err != nil {
			return p, err
		}
		now, err := propose(ctx)
		if err != nil {
			return p, err
		}
		if render.Plan(now.plan, now.snapshot, render.Style{Wide: true}) == render.Plan(p.plan, p.snapshot, render.Style{Wide: true}) {
			return now, nil
		}
		c.program.complain("warning: the cluster or the account has changed since the plan was shown; this is the new plan:")
		p = now
		if err := c.show(p); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (c *planCommand) warn(p proposal) {
	_ = c.program.line.write(c.program.errOut, render.Warnings(p.plan, p.snapshot, c.program.style(c.program.errOut)))
}

// show prints the plan. The exit code says whether it leaves a change to the source of the service account.
func (c *planCommand) show(p proposal) error {
	c.program.exit = exitOK
	if p.plan.Source != "" {
		c.program.exit = exitLeft
	}
	err := c.program.answer(render.Plan(p.plan, p.snapshot, c.program.style(c.program.out)))
	if len(p.plan.Warnings) > 0 && terminalWidth(c.program.out) > 0 {
		err = errors.Join(err, c.program.answer("\n"))
	}
	c.warn(p)
	return err
}

// next prints the commands that continue: make the changes that were only shown, or else restart what the plan did not, and
// verify. made says that there is nothing that the plan itself still has to do.
func (c *planCommand) next(p proposal, made bool) error {
	plan, at := p.plan, c.source.at
	if !made {
		line, _ := at.Line(c.change)
		return c.program.answer("\n" + render.Next("make the changes", []string{line}, c.program.style(c.program.out)))
	}
	var todo, commands []string
	if plan.Source != "" {
		todo = append(todo, "change the source")
	}
	if restarts := plan.At.Shell(plan.Later); len(restarts) > 0 {
		todo, commands = append(todo, "restart the pods that run"), restarts
	}
	var last []string
	if plan.Again {
		todo, last = append(todo, "run the same command again"), c.again
	} else if account, ok := p.snapshot.ServiceAccount(plan.Namespace, plan.ServiceAccount).Get(); !c.waits && (ok && account != nil || plan.Injection.Mechanism != "") {
		todo, last = append(todo, "verify"), []string{"kubectl", "irsa", "explain", "sa/" + plan.ServiceAccount, "-n", plan.Namespace}
		if len(todo) == 1 { // a snapshot does not show what is changed
			last = append(last, c.source.arguments()...)
		}
	}
	if last != nil {
		line, _ := at.Line(last)
		commands = append(commands, line)
	}
	if len(todo) == 0 {
		return nil
	}
	return c.program.answer("\n" + render.Next(strings.Join(todo, ", then "), commands, c.program.style(c.program.out)))
}

// errUnchanged ends a command that has changed nothing.
var errUnchanged = errors.New("nothing was changed")

// confirm reads an answer from a terminal. Whatever ends it, the cursor is in the first column of a line afterwards.
func (c *planCommand) confirm(ctx context.Context, count int) error {
	file, ok := c.program.in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return usagef("nothing was changed: standard input is not a terminal to confirm on; use --yes to change without a question")
	}
	if err := c.program.line.write(c.program.errOut, render.Question(ask(count), c.program.style(c.program.errOut))); err != nil {
		return fmt.Errorf("standard error: %w", err)
	}
	line := make(chan string, 1)
	go func() {
		typed := make([]byte, 4096) // the longest line of a terminal (termios(3), canonical mode)
		n, _ := file.Read(typed)    // what was typed before an error is no yes
		line <- string(typed[:n])
	}()
	select {
	case <-ctx.Done():
		c.endLine()
		return ctx.Err()
	case text := <-line:
		if !strings.HasSuffix(text, "\n") { // Ctrl-D, which the terminal does not show
			c.endLine()
			return errUnchanged
		}
		if answer := strings.ToLower(strings.TrimSpace(text)); answer == "y" || answer == "yes" {
			return nil
		}
		return errUnchanged
	}
}

func (c *planCommand) endLine() { _ = c.program.line.write(c.program.errOut, "\n") }

func ask(count int) string {
	if count == 1 {
		return "Make this change?"
	}
	return fmt.Sprintf("Make these %d changes?", count)
}

// apply makes the changes of the plan, and reports which were made if one fails.
func (c *planCommand) apply(ctx context.Context, p proposal) error {
	a := c.applier()
	if err := c.try(ctx, a, p); err != nil || c.dryRun == dryRunServer {
		return err
	}
	var unwritten error
	var done atomic.Int32
	var waiting atomic.Value
	a.Progress = func(what string) { waiting.Store(what) }
	end := c.program.watch(ctx, func() string {
		if what, _ := waiting.Load().(string); what != "" {
			return render.Escape(what, true)
		}
		at := min(int(done.Load()), len(p.plan.Steps)-1)
		return fmt.Sprintf("change %d of %d: %s", at+1, len(p.plan.Steps), render.Escape(p.plan.Steps[at].Change.Summary(), true))
	})
	style := c.program.style(c.program.out)
	err := a.Run(ctx, p.plan, p.snapshot, func(line string) {
		done.Add(1)
		waiting.Store("")
		unwritten = errors.Join(unwritten, c.program.answer(render.Result(line, false, style)))
	})
	end()
	var stopped *apply.Stopped
	if errors.As(err, &stopped) {
		c.reportStopped(stopped)
	} else if err == nil && ctx.Err() != nil {
		err = ctx.Err() // everything is done, and a script that Ctrl-C ends should not go on
		c.reportDone(p.plan.Steps)
	}
	if err != nil {
		return err
	}
	return unwritten
}

func (c *planCommand) applier() *apply.Applier {
	return &apply.Applier{Cluster: kube.NewWriter(c.live.cluster), Account: aws.NewWriter(c.live.account), Force: c.forceConflicts, Settle: c.settle}
}

// reportStopped prints which changes were made, which were not, and of which one that is unknown.
func (c *planCommand) reportStopped(stopped *apply.Stopped) {
	if len(stopped.Done) == 0 && stopped.Outcome == apply.NotMade {
		c.program.complain(errUnchanged.Error())
		return
	}
	c.reportDone(stopped.Done)
	at := stopped.At.Change.Summary()
	switch stopped.Outcome {
	case apply.Unknown:
		c.program.complain("unknown: " + at + ": " + stopped.Unsure)
	case apply.Unconfirmed:
		c.program.complain("done: " + at)
		c.program.complain("not confirmed: " + stopped.Unsure)
	default:
		c.program.complain("not done: " + at)
	}
	for _, step := range stopped.Rest {
		c.program.complain("not done: " + step.Change.Summary())
	}
	again, _ := c.source.at.Line(c.again) // what cannot be printed is escaped
	c.program.advise("what worked before still works; to continue, run the same command again", again)
}

// reportDone prints which changes were made, where a terminal does not show them already.
func (c *planCommand) reportDone(steps []bind.Step) {
	if terminalWidth(c.program.out) > 0 {
		return
	}
	for _, step := range steps {
		c.program.complain("done: " + step.Change.Summary())
	}
}

// completeArguments offers the service accounts of the namespace, and then roles.
func (c *planCommand) completeArguments(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return c.completeServiceAccounts(cmd, typed)
	case 1:
		return c.source.completeRole(cmd, args, typed)
	default:
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

func (c *planCommand) completeServiceAccounts(cmd *cobra.Command, typed string) ([]string, cobra.ShellCompDirective) {
	kind, _ := workload.KindNamed("serviceaccount")
	namespace := c.source.kubeconfig.typedNamespace()
	before, _, prefixed := strings.Cut(typed, "/")
	if k, ok := workload.KindNamed(before); ok && prefixed {
		kind = k
	} else if prefixed {
		namespace = before
	}
	names := c.source.names(cmd.Context(), kind, namespace)
	for i := range names {
		if prefixed {
			names[i] = before + "/" + names[i]
		}
	}
	return matching(names, typed), cobra.ShellCompDirectiveNoFileComp
}
