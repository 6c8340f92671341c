package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

func (a *Applier) editTrust(ctx context.Context, w *aws.Writer, roleARN string, edit func(string) (string, error)) error {
	err := w.EditTrust(ctx, aws.TrustEdit{RoleARN: roleARN, Edit: edit, Limit: a.Settle, Progress: a.Progress})
	var missing *aws.GoneError
	if errors.As(err, &missing) { // it was read for the plan
		return fmt.Errorf("role %s was deleted since the plan was made: %w", roleARN, err)
	}
	return err
}

// Steady reports whether repeated reads still answer with the trust policy that a plan was made from. A plan that edits it needs no
// such proof: the edit is made on what is read then, and watched.
func (a *Applier) Steady(ctx context.Context, plan *bind.Plan, s *snapshot.Snapshot) (bool, error) {
	role, ok := s.Role(plan.RoleARN).Get()
	if !ok || slices.ContainsFunc(plan.Changes(), editsTrust) {
		return true, nil
	}
	w, err := a.writerOf(change.Object{InAWS: true, ARN: role.Arn}, s)
	if err != nil {
		return false, err
	}
	document, err := w.SteadyTrust(ctx, role.Arn, a.Settle)
	return document == string(role.AssumeRolePolicyDocument), err
}

func editsTrust(c change.Change) bool {
	switch c.(type) {
	case change.Grant, change.Revoke:
		return true
	default:
		return false
	}
}

// unsettled reads back a trust policy that IAM accepted and that may not last.
func (a *Applier) unsettled(ctx context.Context, c change.Change, s *snapshot.Snapshot, why *aws.UnsettledError) (outcome Outcome, unsure string) {
	if errors.Unwrap(why) == nil { // it was looked for until the end
		return Unknown, "IAM accepted the change, and does not show it"
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), glance)
	defer cancel()
	switch made, err := a.made(ctx, c, s, time.Time{}); {
	case err != nil:
		return Unknown, "IAM accepted the change, and reading it back failed: " + err.Error()
	case made:
		return Unconfirmed, "IAM shows the change, and was not watched for long enough to verify that it lasts"
	default:
		return Unknown, "IAM accepted the change, and does not show it yet"
	}
}
