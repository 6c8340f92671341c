package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

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
		return usagef("unknown output format %q: it is none of %s", c.format, strings.Join(export.Formats(), ", "))
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

// carryOut prints a plan, confirms it and applies it; with -o it prints the plan for another tool.
func (c *planCommand) carryOut(ctx context.Context, plan *bind.Plan, s *snapshot.Snapshot) error {
	for _, warning := range plan.Warnings {
		c.program.complain("warning: " + warning)
	}
	if c.format != "" {
		text, err := export.Print(c.format, plan, s)
		if err != nil {
			return err
		}
		return c.program.answer(text)
	}
	if err := c.show(plan, s); err != nil || len(plan.Steps) == 0 || c.dryRun == dryRunClient {
		return err
	}
	if c.dryRun == dryRunNone {
		if err := c.confirm(ctx, len(plan.Steps)); err != nil {
			return err
		}
	}
	return c.apply(ctx, plan, s)
}

// show prints the plan.
func (c *planCommand) show(plan *bind.Plan, s *snapshot.Snapshot) error {
	text := plan.Text(s)
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
		return "has no role that could be taken away"
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

// confirm reads an answer from a terminal.
func (c *planCommand) confirm(ctx context.Context, count int) error {
	if c.yes {
		return nil
	}
	file, ok := c.program.in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return usagef("nothing was changed: standard input is no terminal to ask on; --yes changes without asking")
	}
	if _, err := fmt.Fprintf(c.program.errOut, "%s [y/N] ", ask(count)); err != nil {
		return fmt.Errorf("standard error: %w", err)
	}
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(file).ReadString('\n') // what was typed before an error is no yes
		line <- text
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case text := <-line:
		if answer := strings.ToLower(strings.TrimSpace(text)); answer == "y" || answer == "yes" {
			return nil
		}
		return errors.New("nothing was changed")
	}
}

func ask(count int) string {
	if count == 1 {
		return "Make this change?"
	}
	return fmt.Sprintf("Make these %d changes?", count)
}

// apply makes the changes of the plan, and reports which were made if one fails.
func (c *planCommand) apply(ctx context.Context, plan *bind.Plan, s *snapshot.Snapshot) error {
	dry := c.dryRun == dryRunServer
	p := &apply.Applier{Cluster: kube.NewWriter(c.live.cluster, dry), Force: c.forceConflicts}
	suffix := ""
	if dry {
		suffix = " (server dry run)"
	} else {
		p.Account = aws.NewWriter(c.live.account)
	}
	var unwritten error
	end := c.program.progress(ctx, "changing")
	err := p.Run(ctx, plan, s, func(line string) {
		unwritten = errors.Join(unwritten, c.program.answer(c.escaped(line)+suffix+"\n"))
	})
	end()
	var stopped *apply.Stopped
	if errors.As(err, &stopped) {
		c.reportStopped(stopped)
	}
	return errors.Join(err, unwritten)
}

// reportStopped prints which changes were made and which were not.
func (c *planCommand) reportStopped(stopped *apply.Stopped) {
	if len(stopped.Done) == 0 {
		c.program.complain("nothing was changed")
		return
	}
	for _, step := range stopped.Done {
		c.program.complain("done: " + step.Change.Summary())
	}
	c.program.complain("not done: " + stopped.At.Change.Summary())
	for _, step := range stopped.Rest {
		c.program.complain("not done: " + step.Change.Summary())
	}
	again, _ := c.source.at.Line(c.again) // what cannot be printed is escaped
	c.program.complain("what worked before still works; to continue: " + again)
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
