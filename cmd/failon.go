package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

// failOn is the value of --fail-on: which answers fail a pipeline. Without it the exit codes are those of the verdicts.
type failOn struct {
	typed []string
	gate  render.Gate
}

func (f *failOn) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.typed, "fail-on", nil, "What fails a pipeline, separated by commas: breaks, risk, unknown. Exits with 2 where one of them is found, or anything is broken, and with 0 otherwise; without the flag, with 2 where anything is broken and with 3 where something is undetermined")
	completeList(cmd, "fail-on", "breaks", "risk", "unknown")
}

func (f *failOn) given() bool { return len(f.typed) > 0 }

func (f *failOn) complete(cmd *cobra.Command) error {
	if !f.given() {
		if cmd.Flags().Changed("fail-on") {
			return usagef("--fail-on: it is empty, and takes breaks, risk and unknown")
		}
		// An undetermined target exits with 3, which fails a pipeline too.
		f.gate = render.Gate{Unknown: true}
		return nil
	}
	for _, what := range f.typed {
		switch strings.TrimSpace(what) {
		case "breaks": // it always does
		case "risk":
			f.gate.Risk = true
		case "unknown":
			f.gate.Unknown = true
		default:
			return unknownWord("--fail-on", strings.TrimSpace(what), []string{"breaks", "risk", "unknown"})
		}
	}
	return nil
}

// exit returns the exit code of an answer. unread says that something of it could not be read at all.
func (f *failOn) exit(found []*judge.Report, unread bool) int {
	code := exitOK
	if unread {
		code = f.exitOf(&judge.Report{Verdict: judge.Undetermined})
	}
	for _, r := range found {
		code = worseExit(code, f.exitOf(r))
	}
	return code
}

func (f *failOn) exitOf(r *judge.Report) int {
	switch {
	case !f.given():
		return exitOf(r.Verdict)
	case f.gate.Fails(r):
		return exitBroken
	default:
		return exitOK
	}
}
