package cmd

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

// helpText returns a command's help in the order of kubectl's: what it does, examples, commands, options,
// usage. It is written here and not as a template because templates are slow to start.
func helpText(cmd *cobra.Command, s render.Style) string {
	var out strings.Builder
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	out.WriteString(filled(text, helpWidth(s)))
	if cmd.Example != "" {
		out.WriteString("\nExamples:\n" + indented(cmd.Example))
	}
	if cmd.HasAvailableSubCommands() {
		out.WriteString("\nAvailable Commands:\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				out.WriteString("  " + c.Name() + strings.Repeat(" ", max(1, 13-len(c.Name()))) + c.Short + "\n")
			}
		}
	}
	if options := flagText(cmd.LocalNonPersistentFlags(), s); options != "" && cmd.HasParent() {
		out.WriteString("\nOptions:\n" + options)
	}
	out.WriteString("\nUsage:\n  " + usageLine(cmd) + "\n")
	out.WriteString("\n")
	if cmd.HasAvailableSubCommands() {
		out.WriteString("Use \"kubectl irsa COMMAND --help\" for more information about a command.\n")
	}
	if cmd.Name() != "options" {
		out.WriteString("Use \"kubectl irsa options\" for a list of the flags that every command takes.\n")
	}
	return out.String()
}

func usageLine(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return cmd.CommandPath() + " COMMAND [options]"
	}
	line := cmd.Parent().CommandPath() + " " + cmd.Use
	if flagText(cmd.LocalNonPersistentFlags(), render.Style{}) != "" {
		line += " [options]"
	}
	return line
}

// flagText lists flags as kubectl does: a line with name and default, below it what the flag does.
func flagText(flags *pflag.FlagSet, s render.Style) string {
	var out strings.Builder
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		if out.Len() > 0 {
			out.WriteString("\n")
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		value := f.DefValue
		if f.Value.Type() == "string" {
			value = "'" + value + "'"
		}
		out.WriteString("    " + name + "=" + value + ":\n")
		for _, line := range render.Wrap(f.Usage, helpWidth(s)-8) {
			out.WriteString("        " + line + "\n")
		}
	})
	return out.String()
}

// helpWidth is the width that help is wrapped at: the terminal's, up to what reads well.
func helpWidth(s render.Style) int {
	const narrow, usual, wide = 60, 80, 100
	if s.Width == 0 {
		return usual
	}
	return max(narrow, min(s.Width, wide))
}

// filled wraps the paragraphs of a text.
func filled(text string, width int) string {
	var out strings.Builder
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			out.WriteString("\n")
		}
		for _, line := range render.Wrap(paragraph, width) {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

func indented(text string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			out.WriteString("\n")
			continue
		}
		out.WriteString("  " + line + "\n")
	}
	return out.String()
}
