package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/near"
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
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return unknownWord("command", name, names)
}

// unknownWord says that a word is none of those that there are, and which one comes nearest, or else all of them.
func unknownWord(what, typed string, words []string) error {
	if word, ok := near.To(typed, words); ok {
		return usagef("unknown %s %q: did you mean %q?", what, typed, word)
	}
	return usagef("unknown %s %q: must be one of %s", what, typed, strings.Join(words, ", "))
}

// flagError is the error of a flag that a command does not have, with the one that comes nearest.
func flagError(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) {
		return usageError{err}
	}
	typed := missing.GetSpecifiedName()
	if group := missing.GetSpecifiedShortnames(); len(group) > 1 {
		typed = group // -eks-cluster: a flag with a single dash
	}
	name, _, _ := strings.Cut(typed, "=")
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if flag, ok := near.To(name, names); ok {
		return usagef("%w: did you mean --%s?", err, flag)
	}
	return usageError{err}
}
