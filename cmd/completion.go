package cmd

import (
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/krew"
)

func newCompletion(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "completion [bash | zsh | fish | powershell]",
		Short: "Print the completion for a shell",
		Long: `Print the completion of "kubectl irsa" for a shell.

To complete the arguments of a plugin, kubectl 1.26 and later runs an executable in PATH: for this plugin
kubectl_complete-irsa (on Windows kubectl_complete-irsa.cmd). Without an argument, this command prints that executable.
With the name of a shell, it prints a script that loads kubectl's own completion into the shell. Comments in the script
show how to install the executable beside krew's plugins.`,
		Example: `# Install the executable
kubectl irsa completion > kubectl_complete-irsa
sudo install -m 755 kubectl_complete-irsa /usr/local/bin/

# Print the script for zsh
kubectl irsa completion zsh`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return usagef("unexpected argument %q", args[1])
			case len(args) == 1 && !slices.Contains(shells(), args[0]):
				return unknownWord("shell", args[0], shells())
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return matching(shells(), typed), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return p.answer(completionShim(runtime.GOOS))
			}
			return p.answer(shellScript(args[0]))
		},
	}
}

// completionShim is the executable that kubectl runs.
func completionShim(goos string) string {
	if goos == "windows" {
		return krew.CompletionShimWindows
	}
	return krew.CompletionShim
}

// A shell is how a shell loads kubectl's completion, and finds out whether the executable is missing.
type shell struct{ name, load, check, install string }

const (
	installUnix = `kubectl irsa completion > "${KREW_ROOT:-$HOME/.krew}/bin/kubectl_complete-irsa"
chmod 755 "${KREW_ROOT:-$HOME/.krew}/bin/kubectl_complete-irsa"`
	installFish = `kubectl irsa completion > ~/.krew/bin/kubectl_complete-irsa
chmod 755 ~/.krew/bin/kubectl_complete-irsa`
	installWindows = `kubectl irsa completion | Out-File -Encoding ascii "$HOME\.krew\bin\kubectl_complete-irsa.cmd"`
	missing        = `kubectl irsa: kubectl_complete-irsa is not in PATH; "kubectl irsa completion -h" prints how to install it`
)

var shellsKnown = []shell{
	{"bash", "type __start_kubectl >/dev/null 2>&1 || source <(kubectl completion bash)", "command -v kubectl_complete-irsa >/dev/null || echo '" + missing + "' >&2", installUnix},
	{"zsh", "(( $+functions[_kubectl] )) || source <(kubectl completion zsh)", "command -v kubectl_complete-irsa >/dev/null || echo '" + missing + "' >&2", installUnix},
	{"fish", "functions -q __kubectl_perform_completion; or kubectl completion fish | source", "type -q kubectl_complete-irsa; or echo '" + missing + "' >&2", installFish},
	{"powershell", "kubectl completion powershell | Out-String | Invoke-Expression", "if (-not (Get-Command kubectl_complete-irsa -ErrorAction SilentlyContinue)) { Write-Warning '" + missing + "' }", installWindows},
}

func shells() []string {
	var names []string
	for _, s := range shellsKnown {
		names = append(names, s.name)
	}
	return names
}

// shellScript is what a shell loads: kubectl completes its plugins by itself, once its own completion is loaded.
func shellScript(name string) string {
	at := slices.IndexFunc(shellsKnown, func(s shell) bool { return s.name == name })
	s := shellsKnown[at]
	var out strings.Builder
	out.WriteString("# Completion of \"kubectl irsa\" in " + s.name + ". kubectl 1.26 and later runs kubectl_complete-irsa, which must be in PATH.\n")
	out.WriteString("# With krew, install it beside the plugins, once; any other folder of PATH works too:\n#\n")
	for line := range strings.SplitSeq(s.install, "\n") {
		out.WriteString("#   " + line + "\n")
	}
	out.WriteString("#\n# kubectl's own completion does the rest.\n" + s.load + "\n" + s.check + "\n")
	return out.String()
}
