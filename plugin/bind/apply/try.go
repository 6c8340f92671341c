package apply

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A Trial is what is known about a step before it is made.
type Trial struct {
	Step bind.Step
	// Unchecked is why it could not be tried; empty where the API server accepts it.
	Unchecked string
}

// Refused reports that a plan cannot be carried out as a whole, so that none of it should be.
type Refused struct {
	Step   bind.Step // the first that cannot be made
	Reason error
	More   int // how many other steps cannot be made either
}

// Error implements error: what cannot be made and why, in one line.
func (r *Refused) Error() string {
	why := "the dry run failed: "
	var conflict *kube.ConflictError
	var gone *kube.GoneError
	switch {
	case errors.As(r.Reason, &conflict), errors.As(r.Reason, &gone):
		why = ""
	case kube.Refused(r.Reason):
		why = "the API server refuses it: "
	}
	text := "cannot " + r.Step.Change.Summary() + ": " + why + strings.TrimPrefix(answerOf(r.Reason), "forbidden: ")
	switch {
	case r.More == 1:
		text += " (nor make one more change of the plan)"
	case r.More > 1:
		text += " (nor make " + strconv.Itoa(r.More) + " more changes of the plan)"
	}
	return text
}

// Unwrap returns why the step cannot be made.
func (r *Refused) Unwrap() error { return r.Reason }

// answerOf is what the API server says, without the request, which the step names already.
func answerOf(err error) string {
	if inner := errors.Unwrap(err); inner != nil {
		return inner.Error()
	}
	return err.Error()
}

// mostTried is how many steps are tried at once: a plan may restart hundreds of workloads.
const mostTried = 16

// Try asks the API server whether it would make the steps of a plan that are in the cluster, by a dry run of each on the server:
// permission, names, admission and quota. All are asked side by side, and nothing is written. The steps do not depend on each other:
// a service account is created with its annotation. AWS has no dry run. The error is a *Refused, or that of ctx.
func (a *Applier) Try(ctx context.Context, plan *bind.Plan, s *snapshot.Snapshot) ([]Trial, error) {
	dry := *a
	dry.Cluster = a.Cluster.DryRun()
	trials, failures := make([]Trial, len(plan.Steps)), make([]error, len(plan.Steps))
	var running sync.WaitGroup
	free := make(chan struct{}, mostTried)
	for i, step := range plan.Steps {
		trials[i].Step = step
		if step.Change.Object().InAWS {
			trials[i].Unchecked = "AWS has no dry run"
			continue
		}
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			trials[i].Unchecked, failures[i] = dry.try(ctx, step.Change, s)
		})
	}
	running.Wait()
	if ctx.Err() != nil {
		return trials, ctx.Err()
	}
	var refused *Refused
	for i, err := range failures {
		switch {
		case err == nil:
		case refused == nil:
			refused = &Refused{Step: plan.Steps[i], Reason: err}
		default:
			refused.More++
		}
	}
	if refused != nil {
		return trials, refused
	}
	return trials, nil
}

// try makes one change without an effect. A webhook that knows no dry run is no reason to refuse what it may accept.
func (a *Applier) try(ctx context.Context, c change.Change, s *snapshot.Snapshot) (unchecked string, err error) {
	err = a.inCluster(ctx, c, s, time.Now())
	var none *kube.NoDryRunError
	if errors.As(err, &none) {
		return none.Error(), nil
	}
	return "", err
}
