package aws

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/settle"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A TrustEdit is an edit of a role's trust policy.
type TrustEdit struct {
	RoleARN string
	// Edit returns the document unchanged where it says what it should; its error ends the matter.
	Edit func(document string) (string, error)
	// Limit is how long to wait until IAM shows the edit; longer while others write.
	Limit time.Duration
	// Progress is called with what is being waited for.
	Progress func(what string)
}

// An UnsettledError reports a trust policy that IAM accepted and that cannot be relied on.
type UnsettledError struct {
	what  string
	cause error // nil where IAM does not show the edit, or others replace it
}

// Error implements error.
func (e *UnsettledError) Error() string { return e.what }

// Unwrap returns what ended the wait early.
func (e *UnsettledError) Unwrap() error { return e.cause }

// EditTrust edits a role's trust policy. IAM has no way to write only if nothing has changed, so the policy is read right before it
// is written, and watched until package settle says that the edit can be relied on; where the edit is lost, it is made again on what
// is there.
//
// An error that wraps a *GoneError says that there is no such role; a *QuotaError that the policy is too long; an
// *UnsettledError that it was written and is not confirmed; a *neterr.UnansweredError that it may have been written.
func (w *Writer) EditTrust(ctx context.Context, e TrustEdit) error {
	arn, _ := snapshot.ParseARN(e.RoleARN)
	return (&trustEdit{TrustEdit: e, role: arn.RoleName(), policy: &trustPolicy{w, arn}}).settle(ctx)
}

// SteadyTrust reads a role's trust policy until the answers agree: one alone may be an old one.
func (w *Writer) SteadyTrust(ctx context.Context, roleARN string, limit time.Duration) (string, error) {
	arn, _ := snapshot.ParseARN(roleARN)
	policy := &trustPolicy{w, arn}
	var run settle.Run
	for began := time.Now(); ; {
		document, err := attempts(ctx, policy.read)
		switch {
		case err != nil:
			return "", err
		case run.Steady(time.Now(), document):
			return document, nil
		case time.Since(began) > limit:
			return "", fmt.Errorf("role %s: the answers of IAM about the trust policy still differ after %s", arn.RoleName(), limit)
		}
		if err := pause(ctx, settle.Between); err != nil {
			return "", err
		}
	}
}

// attempts reads until there is an answer.
func attempts(ctx context.Context, read func(context.Context) (string, error)) (string, error) {
	for failed := 1; ; failed++ {
		document, err := read(ctx)
		if err == nil || failed == failures || !passing(err) || ctx.Err() != nil {
			return document, err
		}
		if err := pause(ctx, 100*time.Millisecond<<failed); err != nil {
			return "", err
		}
	}
}

type trustEdit struct {
	TrustEdit
	role   string // its name
	policy policy
	watch  *settle.Watch
}

// A policy is read and written; that of a test without IAM.
type policy interface {
	read(ctx context.Context) (string, error)
	write(ctx context.Context, document string, until time.Time) error
}

// settle edits the policy until the edit is settled.
func (t *trustEdit) settle(ctx context.Context) error {
	t.watch = settle.New(t.Limit, rand.N[time.Duration])
	failed := 0
	for {
		done, err := t.step(ctx)
		switch {
		case done:
			return nil
		case err == nil:
			failed = 0
			err = pause(ctx, t.watch.Pause(time.Now()))
		default:
			if failed++; failed < failures && passing(err) && ctx.Err() == nil {
				err = pause(ctx, 100*time.Millisecond<<failed)
			}
		}
		if err != nil {
			return t.ended(err)
		}
	}
}

// ended is the error that ends the edit, by what was sent.
func (t *trustEdit) ended(err error) error {
	var unsettled *UnsettledError
	switch {
	case !t.watch.Written(), errors.As(err, &unsettled):
		return err
	case t.watch.Accepted():
		return &UnsettledError{err.Error(), err}
	default:
		return &neterr.UnansweredError{Cause: err}
	}
}

// step reads once, and does what the watch says.
func (t *trustEdit) step(ctx context.Context) (done bool, err error) {
	begin := time.Now()
	before, err := t.policy.read(ctx)
	if err != nil {
		return false, err
	}
	after, err := t.Edit(before)
	if err != nil {
		return false, fmt.Errorf("role %s: %w", t.role, err)
	}
	switch next := t.watch.Saw(time.Now(), before, after == before); next {
	case settle.Settled:
		return true, nil
	case settle.Unshown, settle.Contended:
		return false, t.late(next)
	case settle.Write:
		err = t.write(ctx, after, begin)
	}
	switch {
	case t.watch.Contended():
		t.Progress("others change the trust policy of role " + t.role + " too: waiting for a turn")
	case t.watch.Written():
		t.Progress("waiting until IAM shows the change of role " + t.role)
	}
	return false, err
}

// late is the error of an edit that did not settle in time.
func (t *trustEdit) late(why settle.Step) error {
	what := fmt.Sprintf("role %s: IAM does not show the change after %s", t.role, t.Limit)
	switch {
	case why == settle.Contended:
		what = fmt.Sprintf("role %s: others keep changing the trust policy", t.role)
	case !t.watch.Written():
		what = fmt.Sprintf("role %s: the answers of IAM about the trust policy still differ after %s", t.role, t.Limit)
	}
	if !t.watch.Written() {
		return errors.New(what)
	}
	return &UnsettledError{what: what}
}

// write writes what was read and edited since then.
func (t *trustEdit) write(ctx context.Context, document string, begin time.Time) error {
	sent := time.Now()
	err := t.policy.write(ctx, document, begin.Add(settle.Window))
	var unanswered *neterr.UnansweredError
	if err == nil || errors.As(err, &unanswered) {
		t.watch.Wrote(document, sent, time.Now(), err == nil)
	}
	return err
}

type trustPolicy struct {
	writer *Writer
	arn    snapshot.ARN
}

func (t *trustPolicy) read(ctx context.Context) (string, error) {
	name := t.arn.RoleName()
	var found snapshot.Role
	err := t.writer.call(ctx, "iam:GetRole "+name, func(ctx context.Context) error {
		out, err := t.writer.reader.iam().GetRole(ctx, &iam.GetRoleInput{RoleName: &name}, once, t.writer.reader.iamIn(t.arn.Partition))
		if err != nil {
			return err
		}
		if out.Role == nil {
			return errEmpty
		}
		found = roleFrom(out.Role)
		return nil
	})
	if err != nil {
		return "", err
	}
	if found.Arn != t.arn.String() {
		return "", fmt.Errorf("iam:GetRole %s: the role with that name is %s, not %s", name, found.Arn, t.arn)
	}
	return string(found.AssumeRolePolicyDocument), nil
}

// once keeps the SDK from trying again, which would be too late for what was read.
func once(o *iam.Options) { o.RetryMaxAttempts = 1 }

// write writes the document, once: what was throttled or lost is edited again from the start, since the policy may have changed meanwhile.
func (t *trustPolicy) write(ctx context.Context, document string, until time.Time) error {
	ctx, end := neterr.Finishing(ctx)
	defer end()
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	name := t.arn.RoleName()
	err := t.writer.do(ctx, "iam:UpdateAssumeRolePolicy "+name, func(ctx context.Context) error {
		_, err := t.writer.reader.iam().UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &name, PolicyDocument: &document},
			t.writer.reader.iamIn(t.arn.Partition), once)
		return err
	})
	var quota *QuotaError
	if errors.As(err, &quota) && strings.Contains(quota.what, "ACLSizePerRole") {
		return fmt.Errorf("%w; remove statements of clusters that do not exist any more, use a second role with the same policies, use EKS Pod Identity, "+
			"or raise the quota (Service Quotas, L-C07B4B0D)", err)
	}
	return err
}
