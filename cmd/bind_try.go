package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind/apply"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

// try asks the API server about its part of the plan before anything is written, so that AWS does not trust a service account that
// cannot be bound. With --dry-run=server the answers are all that is wanted.
func (c *planCommand) try(ctx context.Context, a *apply.Applier, p proposal) error {
	end := c.program.watch(ctx, func() string { return "checking the changes with a dry run of the API server" })
	trials, err := a.Try(ctx, p.plan, p.snapshot)
	end()
	if err != nil && c.dryRun == dryRunServer {
		return err
	}
	if err != nil && ctx.Err() != nil {
		c.program.complain(errUnchanged.Error()) // the exit code says that it was interrupted
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errUnchanged, err)
	}
	var unwritten error
	last := ""
	for _, trial := range trials {
		object := trial.Step.Change.Object()
		line := trial.Step.Change.Done() + " (server dry run)"
		if trial.Unchecked != "" {
			line = object.String() + " not checked: " + trial.Unchecked
		}
		switch {
		case c.dryRun == dryRunServer && line != last: // a role may be changed twice
			unwritten = errors.Join(unwritten, c.program.answer(render.Result(line, trial.Unchecked != "", c.program.style(c.program.out))))
		case c.dryRun != dryRunServer && trial.Unchecked != "" && !object.InAWS:
			c.program.complain("warning: " + line)
		}
		last = line
	}
	return unwritten
}
