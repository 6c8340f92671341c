package cmd

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/near"
)

// A colorMode is the value of --color.
type colorMode string

const (
	colorAuto   colorMode = "auto"
	colorAlways colorMode = "always"
	colorNever  colorMode = "never"
)

var colorModes = []string{string(colorAuto), string(colorAlways), string(colorNever)}

func (m *colorMode) addFlag(root *cobra.Command) {
	*m = colorAuto
	root.PersistentFlags().Var(m, "color", "Must be \"auto\", \"always\", or \"never\": with auto on a terminal only, unless NO_COLOR or CLICOLOR_FORCE is set")
	completeValues(root, "color", colorModes...)
}

// String implements pflag.Value.
func (m *colorMode) String() string { return string(*m) }

// Type implements pflag.Value.
func (m *colorMode) Type() string { return "string" }

// Set implements pflag.Value.
func (m *colorMode) Set(typed string) error {
	if !slices.Contains(colorModes, typed) {
		if mode, ok := near.To(typed, colorModes); ok {
			return fmt.Errorf("did you mean %q?", mode)
		}
		return errors.New(`must be "auto", "always", or "never"`)
	}
	*m = colorMode(typed)
	return nil
}

// colors decides whether what is written to a stream is coloured. What was typed counts more than the environment. There
// NO_COLOR, if it is not empty, counts more than CLICOLOR_FORCE, and both count more than whether the stream is a terminal
// (https://no-color.org, https://bixense.com/clicolors).
func (m colorMode) colors(getenv func(string) string, terminal bool) bool {
	force := getenv("CLICOLOR_FORCE")
	switch {
	case m == colorAlways:
		return true
	case m == colorNever, getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	default:
		return terminal && getenv("TERM") != "dumb" && !oldConsole(getenv)
	}
}

// oldConsole reports whether the terminal is one of Windows without escape sequences: Windows Terminal sets WT_SESSION, as
// k8s.io/cli-runtime/pkg/printers.AllowsColorOutput has it.
func oldConsole(getenv func(string) string) bool {
	return runtime.GOOS == "windows" && getenv("WT_SESSION") == ""
}
