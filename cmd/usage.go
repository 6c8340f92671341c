package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// A usageError is about what was typed: the command's help is the remedy.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// noArguments refuses arguments.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("unexpected argument %q", args[0])
	}
	return nil
}

// unknownCommand says that there is no such command, and which one comes nearest.
func unknownCommand(root *cobra.Command, name string) error {
	if near := root.SuggestionsFor(name); len(near) > 0 {
		return usagef("unknown command %q: did you mean %q?", name, near[0])
	}
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usagef("unknown command %q: it is none of %s", name, strings.Join(names, ", "))
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
