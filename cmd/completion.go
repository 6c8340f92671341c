package cmd

import (
	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/krew"
)

func newCompletion(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "completion",
		Short: "Print what kubectl needs to complete arguments",
		Long: `Print the executable that kubectl needs to complete the arguments of "kubectl irsa".

kubectl 1.26 and later asks an executable named kubectl_complete-irsa for completions if there is one in PATH.
This command prints it; the two lines that install it stand in its first lines, and below.`,
		Example: `# Install completion
kubectl irsa completion > kubectl_complete-irsa
sudo install -m 755 kubectl_complete-irsa /usr/local/bin/`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return p.answer(krew.CompletionShim) },
	}
}
