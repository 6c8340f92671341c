package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind/apply"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind/export"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// The values of --dry-run.
const (
	dryRunNone   = "none"
	dryRunClient = "client"
	dryRunServer = "server"
)

// A planCommand is what `bind` and `unbind` share: the flags, and a plan for one service account that is printed,
// confirmed and applied.
type planCommand struct {
	program *program
	source  source

	yes            bool
	dryRun         string
	format         string
	forceConflicts bool

	namespace, account string
	again              []string // the command that continues
	live               live
}

func newPlanCommand(p *program, k *kubeconfig) planCommand {
	return planCommand{program: p, source: source{program: p, kubeconfig: k}}
}

func (c *planCommand) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&c.yes, "yes", false, "Do not ask before changing anything")
	flags.StringVar(&c.dryRun, "dry-run", dryRunNone, `Must be "none", "server", or "client": with client only show the plan, with server let the API server check its part too`)
	flags.StringVarP(&c.format, "output", "o", "", "Print the plan for another tool and change nothing: one of "+strings.Join(export.Formats(), ", "))
	flags.BoolVar(&c.forceConflicts, "force-conflicts", false, "Change the annotation even if Helm, Argo CD, Flux or another field manager keeps it")
	c.source.addFlags(cmd)
	completeValues(cmd, "dry-run", dryRunNone, dryRunClient, dryRunServer)
	completeValues(cmd, "output", export.Formats()...)
}

// complete validates the flags and parses SERVICEACCOUNT.
func (c *planCommand) complete(cmd *cobra.Command, typed string) error {
	switch {
	case c.dryRun != dryRunNone && c.dryRun != dryRunClient && c.dryRun != dryRunServer:
		return usagef(`--dry-run %q: it must be "none", "server", or "client"`, c.dryRun)
	case c.format != "" && !slices.Contains(export.Formats(), c.format):
		return unknownWord("output format", c.format, export.Formats())
	case c.source.noAWS:
		return usagef("a role is in AWS: --no-aws does not go with it")
	case c.source.snapshot != "" && c.dryRun != dryRunClient && c.format == "":
		return usagef("a snapshot cannot be changed: add --dry-run=client, or -o")
	}
	if err := c.source.validate(); err != nil {
		return err
	}
	if err := c.parseAccount(typed); err != nil {
		return err
	}
	c.again = commandLine(cmd, cmd.Flags().Args())
	return nil
}

// parseAccount parses SERVICEACCOUNT: NAME, NAMESPACE/NAME or sa/NAME.
func (c *planCommand) parseAccount(typed string) error {
	namespace, name, qualified := strings.Cut(typed, "/")
	k, typedKind := workload.KindNamed(namespace)
	switch {
	case !qualified:
		namespace, name = "", typed
	case typedKind && k.Name == "ServiceAccount":
		namespace = ""
	}
	if strings.ContainsAny(typed, "*?") {
		return usagef("%q: one service account is bound at a time, and never a pattern", typed)
	}
	if err := checkName(workload.Target{Kind: "ServiceAccount", Name: name}); err != nil {
		return err
	}
	wanted := c.source.kubeconfig.typedNamespace()
	if namespace != "" && wanted != "" && wanted != namespace {
		return usagef("%q is in another namespace than -n %s says", typed, wanted)
	}
	c.namespace, c.account = namespace, name
	if namespace == "" && c.source.snapshot != "" {
		if c.namespace = wanted; wanted == "" {
			return usagef("%q: say which namespace of the snapshot, as NAMESPACE/NAME", typed)
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

// commandLine is the command as it was typed. Secrets are left out.
func commandLine(cmd *cobra.Command, args []string) []string {
	argv := append(strings.Fields(cmd.CommandPath()), args...)
	cmd.Flags().Visit(func(f *pflag.Flag) {
		value := f.Value.String()
		list, isList := f.Value.(pflag.SliceValue)
		switch {
		case f.Name == clientcmd.FlagBearerToken || f.Name == clientcmd.FlagPassword:
			argv = append(argv, "--"+f.Name+"=REDACTED")
		case isList:
			for _, one := range list.GetSlice() {
				argv = append(argv, "--"+f.Name+"="+one)
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

// carryOut prints a plan, confirms it and applies it, and returns the one that was applied; with -o it prints the plan for
// another tool. propose reads and plans.
func (c *planCommand) carryOut(ctx context.Context, propose func(context.Context) (proposal, error)) (*bind.Plan, error) {
	p, err := propose(ctx)
	if err != nil {
		return nil, err
	}
	if c.format != "" {
		c.warn(p.plan)
		text, err := export.Print(c.format, p.plan, p.snapshot)
		if err != nil {
			return nil, err
		}
		return p.plan, c.program.answer(text)
	}
	if err := c.show(p); err != nil || len(p.plan.Steps) == 0 || c.dryRun == dryRunClient {
		return p.plan, err
	}
	if c.dryRun == dryRunNone && !c.yes {
		p, err = c.agree(ctx, p, propose)
		if ctx.Err() != nil {
			c.program.complain(errUnchanged.Error()) // the exit code says that it was interrupted
		}
		if err != nil || len(p.plan.Steps) == 0 {
			return p.plan, err
		}
	}
	return p.plan, c.apply(ctx, p)
}

// agree asks until what was shown is also what is planned when the answer is there: cluster and account may have changed
// while the question was open.
func (c *planCommand) agree(ctx context.Context, p proposal, propose func(context.Context) (proposal, error)) (proposal, error) {
	for len(p.plan.Steps) > 0 {
		if err := c.confirm(ctx, len(p.plan.Steps)); err != nil {
			return p, err
		}
		now, err := propose(ctx)
		if err != nil {
			return p, err
		}
		if now.plan.Text(now.snapshot) == p.plan.Text(p.snapshot) {
			return now, nil
		}
		c.program.complain("warning: the cluster or the account has changed since the plan was shown; this is the plan now:")
		p = now
		if err := c.show(p); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (c *planCommand) warn(plan *bind.Plan) {
	for _, warning := range plan.Warnings {
		c.program.complain("warning: " + warning)
	}
}

// show prints the plan. The exit code says whether it leaves a change to the source of the service account.
func (c *planCommand) show(p proposal) error {
	plan := p.plan
	c.warn(plan)
	c.program.exit = exitOK
	if plan.Source != "" {
		c.program.exit = exitLeft
	}
	text := plan.Text(p.snapshot)
	if len(plan.Steps) == 0 && plan.Source == "" {
		text = "Nothing to change: service account " + plan.Namespace + "/" + plan.ServiceAccount + " " + state(plan) + "\n"
	}
	if plan.Source != "" {
		text += "To be changed where it comes from:\n\n" + plan.Source + "\n"
	}
	if commands := plan.At.Shell(plan.Later); len(commands) > 0 {
		text += "For the pods that run already:\n  " + strings.Join(commands, "\n  ") + "\n"
	}
	for _, one := range plan.Later {
		if len(one.Commands()) == 0 {
			text += "To be done by hand: " + one.Summary() + "\n"
		}
	}
	if len(plan.Steps) > 0 && len(plan.Stays) > 0 {
		text += "What stays:\n  " + strings.Join(plan.Stays, "\n  ") + "\n"
	}
	text += outlook(plan)
	return c.program.answer(c.escaped(text))
}

// escaped makes text safe for a terminal, line by line.
func (c *planCommand) escaped(text string) string {
	ascii := !utf8Locale(os.Getenv)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = render.Escape(strings.TrimSuffix(line, "\r"), ascii)
	}
	return strings.Join(lines, "\n")
}

func state(plan *bind.Plan) string {
	if plan.Injection.Mechanism == "" {
		return "has no role to remove"
	}
	return "is bound to role " + plan.RoleARN
}

// outlook is what explain would report afterwards, empty if all would work.
func outlook(plan *bind.Plan) string {
	var out strings.Builder
	if plan.Injection.Mechanism == "" || plan.Proof.Verdict == judge.Works {
		return ""
	}
	for _, one := range plan.Proof.Remaining {
		out.WriteString("Still broken afterwards: " + one + "\n")
	}
	if len(plan.Proof.Remaining) == 0 {
		out.WriteString("Whether the pods get the role afterwards cannot be told from what was read\n")
	}
	for _, gap := range plan.Proof.Unknown {
		out.WriteString("Not known: " + gap.What + ": " + gap.Reason + "\n")
	}
	return out.String()
}

// errUnchanged ends a command that has changed nothing.
var errUnchanged = errors.New("nothing was changed")

// confirm reads an answer from a terminal. Whatever ends it, the cursor is in the first column of a line afterwards.
func (c *planCommand) confirm(ctx context.Context, count int) error {
	file, ok := c.program.in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return usagef("nothing was changed: standard input is no terminal to ask on; --yes changes without asking")
	}
	if err := c.program.line.write(c.program.errOut, render.Question(ask(count), c.program.style(c.program.errOut))); err != nil {
		return fmt.Errorf("standard error: %w", err)
	}
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(file).ReadString('\n') // what was typed before an error is no yes
		line <- text
	}()
	select {
	case <-ctx.Done():
		c.endLine()
		return ctx.Err()
	case text := <-line:
		if !strings.HasSuffix(text, "\n") { // the end of the input, which the terminal does not show
			c.endLine()
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
	dry := c.dryRun == dryRunServer
	a := &apply.Applier{Cluster: kube.NewWriter(c.live.cluster, dry), Account: aws.NewWriter(c.live.account), Dry: dry, Force: c.forceConflicts}
	var unwritten error
	var done atomic.Int32
	end := c.program.watch(ctx, func() string {
		at := min(int(done.Load()), len(p.plan.Steps)-1)
		return fmt.Sprintf("change %d of %d: %s", at+1, len(p.plan.Steps), render.Escape(p.plan.Steps[at].Change.Summary(), true))
	})
	err := a.Run(ctx, p.plan, p.snapshot, func(line string) {
		done.Add(1)
		unwritten = errors.Join(unwritten, c.program.answer(c.escaped(line)+"\n"))
	})
	end()
	var stopped *apply.Stopped
	if errors.As(err, &stopped) {
		c.reportStopped(stopped)
	}
	return errors.Join(err, unwritten)
}

// reportStopped prints which changes were made, which were not, and of which one that is unknown.
func (c *planCommand) reportStopped(stopped *apply.Stopped) {
	unknown := stopped.Outcome == apply.Unknown
	if len(stopped.Done) == 0 && !unknown {
		c.program.complain("nothing was changed")
		return
	}
	for _, step := range stopped.Done {
		c.program.complain("done: " + step.Change.Summary())
	}
	if unknown {
		c.program.complain(fmt.Sprintf("unknown: %s: the change was sent and not answered, and reading it back failed: %s", stopped.At.Change.Summary(), stopped.Unread))
	} else {
		c.program.complain("not done: " + stopped.At.Change.Summary())
	}
	for _, step := range stopped.Rest {
		c.program.complain("not done: " + step.Change.Summary())
	}
	again, _ := c.source.at.Line(c.again) // what cannot be printed is escaped
	c.program.advise("what worked before still works; to continue", again)
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
	account, _ := workload.KindNamed("serviceaccount")
	namespace := c.source.kubeconfig.typedNamespace()
	before, _, prefixed := strings.Cut(typed, "/")
	if k, ok := workload.KindNamed(before); prefixed && (!ok || k != account) {
		namespace = before
	}
	names := c.source.names(cmd.Context(), account, namespace)
	for i := range names {
		if prefixed {
			names[i] = before + "/" + names[i]
		}
	}
	return matching(names, typed), cobra.ShellCompDirectiveNoFileComp
}
