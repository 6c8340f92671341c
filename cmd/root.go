package cmd

import (
	"strings"

	"github.com/spf13/cobra"
)

// newRoot builds the whole tree of commands.
func newRoot(p *program) *cobra.Command {
	var showVersion bool
	root := &cobra.Command{
		Use:   "irsa",
		Short: "Print who a pod is in AWS, and why",
		Long: `Print who a pod on Amazon EKS is in AWS, and why.

kubectl irsa reads the pod, its service account, the IAM role and its trust policy, and explains why the pod's AWS
credentials work or fail: through IAM roles for service accounts (IRSA), EKS Pod Identity, or the role of the node. What
it cannot read, it reports as unknown, with the reason. Only bind and unbind change anything.`,
		Example: `# Who is this pod in AWS?
kubectl irsa whoami pod web-0

# Why does it get no credentials?
kubectl irsa explain pod web-0

# All pods of all namespaces, the worst first
kubectl irsa explain -A

# Try it without a cluster
kubectl irsa explain --snapshot demo`,
		// The name as it is typed; with the blank in Use cobra would lose a word in the commands below.
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl irsa"},
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if showVersion {
				return printVersion(p, "")
			}
			return cmd.Help()
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.errOut)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		// Cobra's help functions return nothing; a help text that cannot be written has no reader.
		_ = p.answer(helpText(cmd, p.style(p.out)))
	})

	k := newKubeconfig()
	k.addFlags(root.PersistentFlags())
	root.PersistentFlags().IntVarP(&k.verbosity, "v", "v", 0, "Number for the log level verbosity; requests are logged from 6 on, without their bodies")
	p.color.addFlag(root)
	root.Flags().BoolVar(&showVersion, "version", false, "Print the version")
	root.PersistentPreRun = func(*cobra.Command, []string) { setLog(p.errOut, k.verbosity) }

	root.AddCommand(newWhoami(p, k), newExplain(p, k), newBind(p, k), newUnbind(p, k), newSnapshot(p, k), newVersion(p), newCompletion(p), newOptions(p))
	root.SetHelpCommand(newHelp())
	completeGlobalFlags(root, k)
	return root
}

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(root, strings.Join(args, " "))
			}
			return found.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if len(args) == 0 {
				for _, c := range cmd.Root().Commands() {
					if c.IsAvailableCommand() {
						names = append(names, c.Name())
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// newOptions lists the flags that every command takes, as `kubectl options` does.
func newOptions(p *program) *cobra.Command {
	return &cobra.Command{
		Use:               "options",
		Short:             "List the flags that every command takes",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.answer("These flags can be passed to any command:\n\n" + flagText(cmd.Root().PersistentFlags(), p.style(p.out)))
		},
	}
}
